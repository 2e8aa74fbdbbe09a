"""Wishes for a visit that leave out the wish: "the 19th please", "Dr Keller, mornings".

Such a message holds nothing but times, doctors, specialties and courtesy, in English or German.
One word that is none of these, a denial, or a word of moving, and it is left to other rules.
"""

from __future__ import annotations

import re

from assistant.guarding.lexicon import word_set
from assistant.tools.people import without_doctors
from assistant.tools.time_words import VOCABULARIES, tokens

_LONGEST = 14
_COURTESY = word_set(
    "please yes yeah yep ok okay alright perfect then would be is are will best fine ideal works "
    "work suits suit me us i i'd i'll we could can do does prefer preferably ideally like maybe "
    "perhaps possible possibly only just with for anything something anyone somebody someone ever "
    "bitte ja jawohl gut dann würde würd wäre wär ginge geht gehen klappt passt passen besten "
    "optimal recht möglich ich mir uns wir möchte nehme nehm hätte hätt gern gerne vielleicht nur "
    "auch also halt irgendwas etwas irgendwann mit bei beim zur kann kannst können könnte könnten "
    "könnten es"
)
_ASKS_FOR = re.compile(
    r"\b(?:how about|what about|wie w(?:ä|ae)r(?:e es|'?s|s)(?: mit)?"
    r"|(?:is|are|be|sounds?|looks?) (?:good|great)|zum beispiel)\b"
)
_ASKED = re.compile(
    r"\b(?:please|bitte|anything|something|irgendwas|etwas|with|bei|beim)\b", re.IGNORECASE
)
_AFFIXES = re.compile(r"[^\w\s'’.:/-]+|(?<!\d)[.:/-]+|[.:/-]+(?=\s*$)")
_DAY = re.compile(r"(?:WD\d|MO\d+|D[2-9]|F\d\S*|C\d\S*|O(?:[6-9]|[12]\d|3[01]))$")
_NEVER = frozenset({"x", "NOT", "MOVE", "LAST", "ONTO", "D0", "FROMNOW"})
_FIRST_NEVER = frozenset({"TO", "BEFORE"})
_OF_HOURS = frozenset(
    {"AM", "PM", "OCLOCK", "NOON", "HALFPAST", "HALFTO", "QUARTERPAST", "QUARTERTO", "QUARTERINTO"}
)
_OF_DAYS = frozenset({"WORKDAY", "WEEKEND"})
_PARTS = frozenset({"MORNING", "AFTERNOON", "EVENING", "MIDDAY"})
_OFTEN = re.compile(r"\b(?:mornings|afternoons|evenings|vormittags?|nachmittags?|abends)\b")
_OF_SPANS = frozenset({"NEXT", "COMING", "OVERNEXT", "EARLY", "MID", "LATE"})


def leaves_out_the_wish(text: str) -> bool:
    """Whether a message is a wish for a visit of which only the time or the doctor is said."""
    if len(text.split()) > _LONGEST:
        return False
    rest, doctor, specialty = without_doctors(text.replace("’", "'"))
    said = _ASKS_FOR.sub(" ", _AFFIXES.sub(" ", rest.lower()))
    left = " ".join(word for word in said.split() if word not in _COURTESY)
    if not left:
        return bool(doctor or specialty) and _ASKED.search(text) is not None
    asked = doctor or specialty or _ASKED.search(text) is not None
    return any(_is_a_time(left, language, asked=asked) for language in VOCABULARIES)


def _is_a_time(text: str, language: str, *, asked: bool) -> bool:
    """Whether words are of time throughout, and of a time to come.

    A part of the day alone is a greeting ("morning!") unless it is one of many, or somebody or
    something is ``asked`` for.
    """
    found = tokens(text, language)
    if not found or _NEVER & set(found) or found[0] in _FIRST_NEVER:
        return False
    named = set(found)
    if any(_DAY.match(one) for one in found) or named & (_OF_HOURS | _OF_DAYS):
        return True
    if named & _OF_SPANS and named & {"WEEK", "MONTH"}:
        return True
    if "AT" in named and any(one[:1] == "N" and one[1:].isdigit() for one in found):
        return True
    if "D1" in named:
        return asked or len(found) > 1 or language == "en"
    often = "EVERY" in named or _OFTEN.search(text) is not None
    return bool(named & _PARTS) and (asked or often)
