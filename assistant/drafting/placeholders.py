"""Open fields of a text: what stands between braces is still to be filled in or taken out.

``Size: {a} x {b} mm`` has two. Braces have no other use in a report, so a lone one is an open
field too: half of a field that was overtyped carelessly must not reach a signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.records import Section

_FIELD = re.compile(r"\{[^{}\n]*\}|[{}]")


def fields(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each open field begins and ends, braces included, in order."""
    return tuple(found.span() for found in _FIELD.finditer(text))


def following(text: str, position: int) -> tuple[int, int] | None:
    """Return the first open field that begins at or after the position, or None."""
    return next((one for one in fields(text) if one[0] >= position), None)


def preceding(text: str, position: int) -> tuple[int, int] | None:
    """Return the last open field that ends at or before the position, or None."""
    return next((one for one in reversed(fields(text)) if one[1] <= position), None)


def unfilled(sections: Iterable[Section]) -> str:
    """Return, in plain words, how many fields are still open and where; empty if none are."""
    counts = {part.title: len(fields(part.text)) for part in sections}
    found = {title: count for title, count in counts.items() if count}
    if not found:
        return ""
    total = sum(found.values())
    said = "1 field is" if total == 1 else f"{total} fields are"
    where = ", ".join(f"{title} {count}" for title, count in found.items())
    return f"{said} still to be filled in or taken out ({where})."


def filled_lines(text: str) -> str:
    """Return the text with every line that holds an open field blanked: what is said so far.

    It is as long as before, so that a place in it is the same place in the text.
    """
    lines = (" " * len(line) if fields(line) else line for line in text.split("\n"))
    return "\n".join(lines)
