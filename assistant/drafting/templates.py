"""Templates of a report by clinical question, from plain data files.

A template asks; it never states. Every line holds an open field (see placeholders), and outside
its fields nothing is denied or called normal, so no finding stands in a report that nobody wrote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from assistant.drafting.placeholders import fields
from assistant.drafting.report import CLINICAL_QUESTION, FINDINGS, IMPRESSION
from assistant.guarding.lexicon import QUANTIFIERS, is_negation, words

ASKED = (CLINICAL_QUESTION, FINDINGS, IMPRESSION)
"""Sections a template may ask for; technique and comparison come from the images."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d+(\.\d+)*")
_LABEL = re.compile(r"([A-Z][^:{}]*): ")
_STATING = frozenset({"normal", "harmless", "clear"})


@dataclass(frozen=True, slots=True)
class Template:
    """What a report on one question asks for: lines with open fields by section title."""

    id: str
    version: str
    title: str
    sections: Mapping[str, tuple[str, ...]]


@cache
def templates() -> tuple[Template, ...]:
    """Return every template shipped with the program, by title.

    Raises
    ------
    ValueError
        A file is not what a template must be, see ``read``.
    """
    folder = resources.files("resources.templates")
    files = [one for one in folder.iterdir() if one.name.endswith(".json")]
    made = [read(one.read_text("utf-8"), one.name.removesuffix(".json")) for one in files]
    return tuple(sorted(made, key=lambda one: one.title))


def template(template_id: str) -> Template | None:
    """Return the template of that id, or None."""
    return next((one for one in templates() if one.id == template_id), None)


def read(text: str, name: str) -> Template:
    """Return the template a file holds.

    Raises
    ------
    ValueError
        Id, version or title are missing or the id is not the file's name; a section is unknown
        or empty; a line holds no open field, a lone brace, or a statement.
    """
    row = json.loads(text)
    if not isinstance(row, dict) or set(row) != {"id", "version", "title", "sections"}:
        raise ValueError(f"{name}: a template has an id, a version, a title and sections")
    if row["id"] != name or not _ID.fullmatch(name):
        raise ValueError(f"{name}: the id is the file's name, in small letters and hyphens")
    if not _VERSION.fullmatch(row["version"]) or not row["title"].strip():
        raise ValueError(f"{name}: the version is a number and the title some words")
    if not row["sections"] or not set(row["sections"]) <= set(ASKED):
        raise ValueError(f"{name}: the sections are some of {', '.join(ASKED)}")
    for title, lines in row["sections"].items():
        if not lines:
            raise ValueError(f"{name}: {title} asks for nothing")
        for line in lines:
            _check_line(f"{name}, {title}", line)
    asked = {title: tuple(row["sections"][title]) for title in ASKED if title in row["sections"]}
    return Template(row["id"], row["version"], row["title"], asked)


def _check_line(where: str, line: str) -> None:
    found = fields(line)
    if not found or "\n" in line:
        raise ValueError(f"{where}: '{line}' is not one line with an open field")
    if any(end - start < 3 for start, end in found):
        raise ValueError(f"{where}: '{line}' has a field that does not say what it asks for")
    if found[0][0] and not _LABEL.match(line):
        raise ValueError(f"{where}: '{line}' begins with neither 'Label: ' nor a field")
    said = words(outside(line))
    if any(is_negation(word) or QUANTIFIERS.get(word) in _STATING for word in said):
        raise ValueError(f"{where}: '{line}' states something nobody has looked at")


def outside(line: str) -> str:
    """Return the words of a line that stand outside its fields."""
    kept, at = [], 0
    for start, end in fields(line):
        kept.append(line[at:start])
        at = end
    return " ".join([*kept, line[at:]])


def label_of(line: str) -> str:
    """Return the label a line begins with, or an empty text."""
    found = _LABEL.match(line)
    return found.group(1) if found else ""


def filled(text: str, lines: tuple[str, ...], before: tuple[str, ...] = ()) -> str:
    """Return a section's text with a template's lines below what is written; nothing typed is lost.

    Parameters
    ----------
    text
        What stands there now.
    lines
        The template's lines; one whose label the text already has is not asked again.
    before
        Lines of the template that was chosen before: those nobody has touched go.
    """
    kept = [line for line in text.split("\n") if line not in before] if text.strip() else []
    there = {label_of(line) for line in kept} - {""}
    fresh = [line for line in lines if line not in kept and label_of(line) not in there]
    return "\n".join([*kept, *fresh])
