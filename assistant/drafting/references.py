"""Numbers in a text that are taken from measurements: kept through edits, followed, marked broken.

A reference lives by its place in the text. What is typed before it moves it; what is typed into it
makes it plain text. When the measurement changes, the number in the text changes with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.records import Reference, Section, Subject

Key = tuple[Subject, str, str]
"""What a reference is taken from: the kind of thing, its id and the name of the number."""


@dataclass(frozen=True, slots=True)
class Current:
    """A number as it is measured now and as it is written."""

    text: str
    values: tuple[float, ...]
    unit: str


def key_of(reference: Reference) -> Key:
    """What a reference is taken from."""
    return reference.subject, reference.id, reference.name


def standing(references: tuple[Reference, ...], text: str) -> tuple[Reference, ...]:
    """Those that stand in the text where they say, in order."""
    found = [one for one in references if text[one.start : one.end] == one.text and one.text]
    return tuple(sorted(found, key=lambda one: one.start))


def kept(references: tuple[Reference, ...], before: str, after: str) -> tuple[Reference, ...]:
    """The references of a text after it was changed; what was changed itself is plain text now.

    One stretch of change is found exactly. What lies between two changes is found by its line.
    """
    head = _common(before, after)
    tail = min(_common(before[::-1], after[::-1]), len(before) - head, len(after) - head)
    moved, last = len(after) - len(before), len(before) - tail
    found = []
    for one in references:
        if one.end <= head:
            found.append(one)
        elif one.start >= last:
            found.append(replace(one, start=one.start + moved))
        elif (start := _by_line(one, before, after)) is not None:
            found.append(replace(one, start=start))
    return standing(tuple(found), after)


def broken(section: Section) -> tuple[Reference, ...]:
    """The references whose measurement is gone."""
    return tuple(one for one in section.references if one.broken)


def _common(one: str, other: str) -> int:
    """How many letters two texts begin with together."""
    most = min(len(one), len(other))
    return next((n for n in range(most) if one[n] != other[n]), most)


def _by_line(one: Reference, before: str, after: str) -> int | None:
    """Where a reference stands in the new text if its line is there as it was, else None."""
    start = before.rfind("\n", 0, one.start) + 1
    end = before.find("\n", one.end)
    line = before[start : end if end >= 0 else len(before)]
    at = f"\n{after}\n".find(f"\n{line}\n")
    return None if at < 0 else at + one.start - start
