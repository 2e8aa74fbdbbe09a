"""What a message calls for, by what it means and how it is worded; unsure means unsure.

A head over sentence embeddings decides (``assistant.guarding.heads``), in English and German
alike. Greetings, thanks, a bare yes and what asks for the whole report are closed lists. Where
the probability is low the caller shows buttons instead of guessing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.guarding.heads import judge
from assistant.guarding.intent_rules import intent_by_rule
from assistant.ports import Embedder

SURE_FROM = 0.5
"""From this probability on the intent is acted upon; chosen by cross-validation (ADR 44)."""
SURE_FROM_BY_WORDS = 0.8
"""The same where the wording alone was judged."""

GREETING = re.compile(
    r"^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings|hallo"
    r"|guten (?:morgen|tag|abend)|gr(?:ü|ue)(?:ß|ss) gott|servus|moin|gr(?:ü|ue)ezi)"
    r"(?: (?:there|again|zusammen|nochmal))?\W*$"
)
THANKS = re.compile(
    r"^\W*(?:(?:ok|okay|great|good|gut|super|alles klar)\W+)?(?:many |so much |vielen |herzlichen "
    r"|besten )?(?:thanks?|thank you|cheers|bye|goodbye|see you|danke|dank|dankesch(?:ö|oe)n"
    r"|tsch(?:ü|ue)ss?|auf wiedersehen|bis bald)"
    r"(?: (?:a lot|very much|so much|you|again|sehr|ihnen|dir|sch(?:ö|oe)n))*\W*$"
)
YES = re.compile(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|please|do so|go ahead|alright|ja|jawohl|gern|gerne|bitte"
    r"|sicher|klar)(?:\W+(?:please|do|so|bitte|gern|gerne))*\W*$"
)

_WHOLE_REPORT = re.compile(
    r"^\W*(?:(?:please|hello|hi|and|so|but|bitte|hallo|und|aber|also)\W+)*"
    r"(?:was (?:bedeutet|hei(?:ß|ss)t|sagt|besagt|steht in)|what does) "
    r"(?:(?:denn|eigentlich|nun) )?(?:der|dem|mein|meinem|dieser|diesem|my|the|this) "
    r"(?:(?:mrt|mri)[ -]?)?(?:befund|bericht|report)(?: (?:denn|eigentlich|genau|say|mean))*\W*$"
)
"""What asks for nothing but what the whole report says."""

_ASKS = re.compile(
    r"^\W*(?:(?:please|hello|hi|and|so|but|bitte|hallo|und|aber|also)\W+)*"
    r"(?:what|where|when|who|why|how|which|is|are|was|were|do|does|did|can|could|tell|explain|show"
    r"|define|meaning|wo|wann|wer|wem|wen|warum|wieso|wie|welche\w*|ist|sind|gibt|hat|haben|habe"
    r"|kann|k(?:ö|oe)nnen|k(?:ö|oe)nnten?|darf|muss|soll|sagen|erkl(?:ä|ae)r\w*|zeig\w*|bedeutung)"
    r"(?!')\b"
)


class Intent(StrEnum):
    """What a message calls for."""

    BOOK = "book"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    APPOINTMENTS = "appointments"
    """When and where the person's own appointments are."""
    NEXT_STEP = "next step"
    EXPLAIN = "explain"
    QUESTION = "question"
    SMALL_TALK = "small talk"


@dataclass(frozen=True, slots=True)
class Routed:
    """The likeliest intent and its probability.

    ``by_meaning`` is False where the wording alone was judged, for want of an embedder.
    """

    intent: Intent
    probability: float
    by_meaning: bool = True

    @property
    def sure(self) -> bool:
        """Whether to act upon it; if not, let the person choose from buttons."""
        return self.probability >= (SURE_FROM if self.by_meaning else SURE_FROM_BY_WORDS)


def route(text: str, *, language: str = "en", embedder: Embedder | None = None) -> Routed:
    """The likeliest intent of a message in English or German.

    ``language`` is the interface's; the message is judged as it is written, in either. Without
    an embedder written rules (English) or the wording alone (German) decide, and more often nobody
    does.
    """
    message = _plain(text)
    if GREETING.search(message) or THANKS.search(message):
        return Routed(Intent.SMALL_TALK, 1.0)
    if _WHOLE_REPORT.search(message):
        return Routed(Intent.EXPLAIN, 1.0)
    judged = judge("intent", text, embedder)
    name, probability = judged.likeliest
    if judged.by_meaning:
        return Routed(Intent(name), probability)
    if ruled := intent_by_rule(text):
        return Routed(Intent(ruled), SURE_FROM_BY_WORDS, by_meaning=False)
    if language != "de" or name == Intent.SMALL_TALK:  # what no word is known of looks like chat
        return Routed(Intent.QUESTION, 0.0, by_meaning=False)
    return Routed(Intent(name), probability, by_meaning=False)


def tells(text: str) -> bool:
    """Whether a message tells something about a person instead of asking for something."""
    return not _ASKS.search(_plain(text))


def _plain(text: str) -> str:
    return text.lower().replace("’", "'").strip()
