"""Files of words: how they are found, read and chosen between.

Most are of one language, and one more language is one more file. Such a file is named by the BCP 47
primary subtag of its language, alone or after what it holds: ``de.toml``, ``interface.de.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, TypeVar

DEFAULT = "en"
_BESIDE, _ENDING = resources.files("resources"), ".toml"

T = TypeVar("T")


def table(folder: str, name: str) -> dict[str, Any]:
    """The words of one file, named without its ending; FileNotFoundError where there is none."""
    return tomllib.loads((_BESIDE / folder / f"{name}{_ENDING}").read_text("utf-8"))


def tables(folder: str) -> dict[str, dict[str, Any]]:
    """The words of every file in a folder beside this one, by its name without ending, in order."""
    entries = (one.name for one in (_BESIDE / folder).iterdir() if one.name.endswith(_ENDING))
    names = (entry.removesuffix(_ENDING) for entry in sorted(entries))
    return {name: table(folder, name) for name in names}


def read(folder: str) -> dict[str, dict[str, Any]]:
    """Every language's words in a folder beside this file, by primary subtag, in order.

    Several files of one language are one table; ValueError where two say the same thing.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, words in tables(folder).items():
        known = found.setdefault(name.rsplit(".", maxsplit=1)[-1], {})
        if twice := known.keys() & words.keys():
            raise ValueError(f"{name}{_ENDING} says again: {', '.join(sorted(twice))}")
        known |= words
    return dict(sorted(found.items()))


def nearest(tag: str, known: Mapping[str, T]) -> T:
    """What is known in the language of a BCP 47 tag ("de-AT"), in English where nothing is."""
    return known.get(tag.split("-", maxsplit=1)[0].lower(), known[DEFAULT])
