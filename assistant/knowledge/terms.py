"""Words of a question or a passage as the search compares them. Pure.

Letters are folded to lower case without accents, endings are cut roughly, British and American
spelling are one, and words that every question has are left out of questions.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.guarding.lexicon import word_set

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_SPELLINGS = {
    "tumour": "tumor",
    "tumours": "tumor",
    "oedema": "edema",
    "haematoma": "hematoma",
    "haemorrhage": "hemorrhage",
    "haemorrhagic": "hemorrhagic",
    "ischaemic": "ischemic",
    "artifact": "artefact",
    "artifacts": "artefact",
}
_EMPTY = {
    "en": word_set(
        "a about am an and any are as at be been but by call called can could did do does explain "
        "for from get gets give gives had happen happens has have he her his how i if in into is "
        "it its just kind kinds know like me mean meaning means my not of on or our out people "
        "please say says she should so some someone tell than that the their them there they this "
        "to type types up us was we were what when where which who why will with word would you "
        "your"
    ),
    "de": word_set(
        "aber als am an auch auf aus bedeutet bei bin bitte da das dem den der des die dies diese "
        "dieser dieses du ein eine einem einen einer eines er erklaren es fur gibt habe haben hat "
        "heisst ich ihr ihre im in ist kann können konnen man mein meine meinem meinen meiner mich "
        "mir mit nach nicht oder sagen sein seine sich sie sind so uber um und uns von war warum "
        "was welche welcher welches wenn wer wie wird wo woher wort wurde zu zum zur"
    ),
}
_ENDINGS = {
    "en": (
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("edly", ""),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
    ),
    "de": (("en", ""), ("er", ""), ("es", ""), ("em", ""), ("e", ""), ("n", ""), ("s", "")),
}
_KEEPS = ("ss", "is", "us")
_LEAST_STEM = 3


def terms(text: str, language: str) -> list[str]:
    """Every word of a text, stemmed, in order."""
    return [_stem(_SPELLINGS.get(word, word), language) for word in _words(text)]


def asked(text: str, language: str) -> list[str]:
    """The words of a question that say what it is about, stemmed, each once."""
    empty = _EMPTY.get(language, _EMPTY["en"])
    kept = [word for word in _words(text) if word not in empty]
    return list(dict.fromkeys(_stem(_SPELLINGS.get(word, word), language) for word in kept))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text.lower()).replace("ß", "ss"))
    return _WORD.findall("".join(one for one in folded if not unicodedata.combining(one)))


def _stem(word: str, language: str) -> str:
    if len(word) <= _LEAST_STEM or (language == "en" and word.endswith(_KEEPS)):
        return word
    for ending, instead in _ENDINGS.get(language, _ENDINGS["en"]):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            word = word[: -len(ending)] + instead
            break
    return word[:-1] if word.endswith("e") and len(word) > _LEAST_STEM + 1 else word
