"""What the rest of the program says in English, in the language of whoever reads it."""

from __future__ import annotations

import re
from functools import cache

from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT

_PLACE = re.compile(r"\\\{(\w+)\\\}")


def told(text: str, words: Phrases) -> str:
    """A refusal, an error or an outcome in a language.

    Sentences are found by their English words (``told`` in ``resources/phrases``); for one that is
    not there, the reader is told in general that it did not work.
    """
    if words.language == DEFAULT or not text:
        return text
    for key, form in _forms():
        if found := form.fullmatch(text):
            return words.say(key, **found.groupdict())
    return words.say("told.unknown")


def known(text: str) -> bool:
    """Whether a sentence has a translation of its own."""
    return any(form.fullmatch(text) for _, form in _forms())


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each English sentence as a pattern; those without places to fill come first."""
    said = phrases(DEFAULT).words
    keys = sorted(
        (key for key in said if key.startswith("told.")), key=lambda key: said[key].count("{")
    )
    return tuple((key, _pattern(said[key])) for key in keys)


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
