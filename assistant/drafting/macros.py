"""Texts under abbreviations: what is shipped, and how a typed one is written out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

_TYPED = re.compile(r"(?:^|(?<=[\s(]))\.([^\W_][\w-]*)$")


@cache
def shipped() -> Mapping[str, str]:
    """Return the texts shipped with the program by abbreviation."""
    text = resources.files("resources.macros").joinpath("macros.json").read_text("utf-8")
    return MappingProxyType({row["abbreviation"]: row["text"] for row in json.loads(text)})


def typed(before: str) -> str:
    """Return the abbreviation at the end of what stands before the cursor, or an empty text.

    It is a dot and a word, at the beginning or after a space: ``.mls``, but not ``3.5`` or ``e.g``.
    """
    found = _TYPED.search(before)
    return found.group(1) if found else ""


def written_out(before: str, macros: Mapping[str, str]) -> tuple[int, str]:
    """Return how many characters to take away before the cursor, and what to write instead.

    Both are empty where no abbreviation of ``macros`` was typed.
    """
    abbreviation = typed(before)
    text = macros.get(abbreviation.lower(), "")
    return (len(abbreviation) + 1, text) if text else (0, "")


def in_one_line(text: str, longest: int = 60) -> str:
    """Return a text as a list shows it."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
