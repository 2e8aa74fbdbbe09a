"""A leaflet's lines cut into pieces as long as an answer, each under its heading. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.leaflets.cleaning import cleaned, without_running_heads
from assistant.records import Extract

MOST_WORDS, LEAST_WORDS = 70, 8
NAMES_A_DOSE = "names a dose"
_LONGEST_HEADING = 9
_STOP = re.compile(r"(?<=[.!?:])\s+(?=[\"„“(]?[A-ZÄÖÜ])")
_STARTS = re.compile(r"(?:\d+(?:\.\d+)*\.? )?[A-ZÄÖÜ„“\"]")
_DOSE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|μg|g|IU|IE|I\.E\.|units?|Einheiten|tablets?|Tabletten?"
    r"|drops|Tropfen|pills?|capsules?|Kapseln?)\b"
    r"|\b(?:one|two|three|eine|zwei|drei|half a|halbe) (?:tablets?|pills?|Tabletten?|Kapseln?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Running text under a heading; ``page`` is where it begins."""

    heading: str
    text: str
    page: int


def cut(pages: Sequence[str], *, paged: bool) -> tuple[Extract, ...]:
    """Pieces of whole sentences, never across a heading; not too short, and each once.

    Parameters
    ----------
    pages
        Text by page as it was read; one page for a plain text.
    paged
        Whether the pages have numbers a reader knows.
    """
    lines = without_running_heads([cleaned(page) for page in pages])
    found: list[Extract] = []
    seen: set[str] = set()
    for block in _blocks(lines):
        for piece in _pieces(block.text):
            if len(piece.split()) >= LEAST_WORDS and piece not in seen:
                seen.add(piece)
                page = block.page if paged else 0
                held_back = NAMES_A_DOSE if _DOSE.search(piece) else ""
                found.append(Extract(block.heading, piece, page, held_back))
    return tuple(found)


def _blocks(pages: Sequence[list[str]]) -> Iterator[_Block]:
    heading, running, begun = "", "", 1
    for number, lines in enumerate(pages, 1):
        for place, line in enumerate(lines):
            following = next((one for one in lines[place + 1 :] if one), "")
            if line and _is_heading(line, following, running):
                if running:
                    yield _Block(heading, running, begun)
                heading, running = line.rstrip(":"), ""
            elif line:
                begun = begun if running else number
                running = _joined(running, line)
            elif running.endswith((".", "!", "?")):
                yield _Block(heading, running, begun)
                running = ""
    if running:
        yield _Block(heading, running, begun)


def _is_heading(line: str, following: str, running: str) -> bool:
    """A short line that ends no sentence, after a whole one and before one that begins."""
    short = len(line.split()) <= _LONGEST_HEADING and not line.endswith((".", ",", ";", "-"))
    whole = not running or running.endswith((".", "!", "?", ":"))
    begins = following[:1].isupper() or following[:1].isdigit()
    return short and whole and begins and bool(_STARTS.match(line))


def _joined(running: str, line: str) -> str:
    """Two lines as one; a word that was parted at the end of a line is put together."""
    if not running:
        return line
    if running.endswith("-") and len(running) > 1 and running[-2].isalpha() and line[0].islower():
        return running[:-1] + line
    return f"{running} {line}"


def _pieces(text: str) -> Iterator[str]:
    """Whole sentences up to the most words; a sentence that is longer alone is cut at a word."""
    piece: list[str] = []
    for sentence in _STOP.split(text):
        words = sentence.split()
        if piece and len(piece) + len(words) > MOST_WORDS:
            yield " ".join(piece)
            piece = []
        piece += words
        while len(piece) > MOST_WORDS:
            yield " ".join(piece[:MOST_WORDS])
            piece = piece[MOST_WORDS:]
    if piece:
        yield " ".join(piece)
