"""In which of the program's languages a text is written, by its commonest words."""

from __future__ import annotations

import re

from assistant.guarding.lexicon import word_set

_WORD = re.compile(r"[a-zäöüß]+")
_GERMAN = word_set(
    "der die das den dem des ein eine einer eines einem einen und oder ist sind war mit ohne kein "
    "keine keiner nicht im am zum zur auf von vom bei bis für seit nach links rechts beidseits "
    "unauffällig regelrecht verdacht raumforderung läsion beurteilung befund größe zeichen "
    "nachweis hinweis kontrolle empfohlen wochen monaten monate bekannt unverändert alter alte "
    "gering keinen vorstellung verlaufskontrolle rechten linken"
)
_ENGLISH = word_set(
    "the a an and or is are was were with without no not in at of on from for since after left "
    "right bilateral unremarkable normal suspected lesion mass impression finding findings size "
    "sign signs evidence follow recommended weeks months known unchanged old small there this to "
    "by brain"
)
_GERMAN_ENDS = re.compile(r"(?:ung|ungen|lappen|infarkt|eom|gliom|lich|isch|ische[rnsm]?|zyste)$")


def language_of(text: str, *, default: str = "en") -> str:
    """``"de"`` or ``"en"``; the default where the text does not tell."""
    said = _WORD.findall(text.lower())
    german = sum(
        word in _GERMAN or bool(set("äöüß") & set(word)) or bool(_GERMAN_ENDS.search(word))
        for word in said
    )
    english = sum(word in _ENGLISH for word in said)
    if german == english:
        return default
    return "de" if german > english else "en"
