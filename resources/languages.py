"""Files of words, one or more a language: how they are found, read and chosen between.

One more language is one more file. A file is named by the BCP 47 primary subtag of its language,
alone or after what it holds: ``de.toml``, ``interface.de.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, TypeVar

DEFAULT = "en"

T = TypeVar("T")


def read(folder: str) -> dict[str, dict[str, Any]]:
    """Every language's words in a folder beside this file, by primary subtag, in order.

    Several files of one language are one table; ValueError where two say the same thing.
    """
    found: dict[str, dict[str, Any]] = {}
    for entry in sorted(
        (resources.files("resources") / folder).iterdir(), key=lambda one: one.name
    ):
        *_, tag, ending = ("", *entry.name.split("."))
        if ending != "toml":
            continue
        words = tomllib.loads(entry.read_text("utf-8"))
        known = found.setdefault(tag, {})
        if twice := known.keys() & words.keys():
            raise ValueError(f"{entry.name} says again: {', '.join(sorted(twice))}")
        known |= words
    return dict(sorted(found.items()))


def nearest(tag: str, known: Mapping[str, T]) -> T:
    """What is known in the language of a BCP 47 tag ("de-AT"), in English where nothing is."""
    return known.get(tag.split("-", maxsplit=1)[0].lower(), known[DEFAULT])
