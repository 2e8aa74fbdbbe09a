"""In which of the program's languages a text is written, by its commonest words. Pure."""

from __future__ import annotations

import re
import unicodedata

from assistant.guarding.lexicon import word_set

_WORD = re.compile(r"[a-zäöüß]+")
_SAID = {
    "en": word_set(
        "a about and any anything are as at be been bilateral brain but by call called can "
        "cannot could did do does evidence explain finding findings follow for from get gets "
        "give gives got had happen happens has have he her his how i if impression into is it "
        "its just kind kinds know left lesion like mass me mean meaning means months much my "
        "need no normal not nothing of old on or our out people please recommended right say "
        "says she should show sign signs since size small some someone something suspected tell "
        "than that the their them there these they this those to type types unchanged "
        "unremarkable up us we weeks were what when where whether which who why will with "
        "without word would yes you your"
    ),
    "de": word_set(
        "aber als alte alter auch auf aus bedeutet befund bei beidseits bekannt beurteilung bin "
        "bis bist bitte da danke darf das dass dem den der des die dies diese dieser dieses du "
        "ein eine einem einen einer eines empfohlen er erklaren erklären es für fur geht gering "
        "gern gerne gibt größe hab habe haben hat heisst heißt hinweis ich ihnen ihr ihre im "
        "ist kann kannst kein keine keinen keiner kommt können konnen könnte kontrolle linken "
        "links mal man mehr mein meine meinem meinen meiner mich mir mit möchte monate monaten "
        "muss nach nachweis nicht noch nur ob oder ohne raumforderung rechten rechts regelrecht "
        "sagen sagt schon sein seine seit sich sie sind soll sollte steht uber über um "
        "unauffällig und uns unverändert verdacht verlaufskontrolle vom von vorstellung wann "
        "war warum welche welcher welches wenn wer werden wie wieder wieso wir wird wo wochen "
        "woher wort wurde würde zeichen zeig zeigen zu zum zur"
    ),
}
"""Words of one language that are none of the other's; those of both ("in", "am") tell nothing."""
_GERMAN_ENDS = re.compile(
    r"(?:\w{3}ung|\w{3}ungen|lappen|infarkt|eom|gliom|lich|isch|ische[rnsm]?|zyste)$"
)
_OF_DATES = word_set(
    "a at by for from left next of on or right since the to "
    "bei bis den dem der des die nach links oder rechts seit um und vom von zum zur and"
)
"""Words that stand in names, dates, places and lists as well as in sentences."""
_SHORTEST = 3
_LEAST_SAID = 2
_TIMES_AS_MANY = 3


def language_of(text: str, *, default: str = "en") -> str:
    """``"de"`` or ``"en"``; the default where the text does not tell."""
    said = _words(text)
    english = sum(word in _SAID["en"] for word in said)
    german = sum(
        word in _SAID["de"] or bool(set("äöüß") & set(word)) or bool(_GERMAN_ENDS.search(word))
        for word in said
    )
    if german == english:
        return default
    return "de" if german > english else "en"


def clear_language(text: str) -> str:
    """The language a message is beyond doubt in, or an empty text.

    It holds three words or more, at least two small ones of that language, and next to none of
    the other. Names, dates, places and single words are in no language.
    """
    said = _words(text)
    if len(said) < _SHORTEST:
        return ""
    small = {tag: len((known - _OF_DATES) & set(said)) for tag, known in _SAID.items()}
    least, most = sorted(small, key=lambda tag: small[tag])
    sure = small[most] >= max(_LEAST_SAID, _TIMES_AS_MANY * small[least])
    return most if sure and language_of(text, default="") == most else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text.lower()))
