"""What differs between two texts, word by word: what stayed, what is gone and what is new."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.records import Report, Section

_MOST_PAIRS = 1_000_000
_TOKEN = re.compile(r"\n|[^\S\n]+|\w+(?:[.,’'-]\w+)*|[^\w\s]")


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that all fared alike."""

    change: Change
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section of two versions as pieces in reading order, what is gone before what is new."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return any(one.change is not Change.KEPT for one in self.pieces)


def report_changes(before: Report, after: Report) -> tuple[SectionChange, ...]:
    """Return every section of two versions, in the order of the later one, those gone last."""
    old = {part.title: part.text for part in before.sections}
    new = {part.title: part.text for part in after.sections}
    titles = [*new, *(title for title in old if title not in new)]
    return tuple(
        SectionChange(title, word_changes(old.get(title, ""), new.get(title, "")))
        for title in titles
    )


def machine_changes(sections: Iterable[Section]) -> tuple[SectionChange, ...]:
    """Return what the writer made of what the machine had proposed, section by section."""
    return tuple(
        SectionChange(part.title, word_changes(part.machine_text, part.text)) for part in sections
    )


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """Return two texts as one sequence of pieces.

    What is kept and new together is ``after``, what is kept and gone ``before``, letter for
    letter. Numbers with their decimals are one word, so that 3.5 never becomes half new.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for kind, a, b, c, d in _compared(old, new):
        if kind == "equal":
            found.append(Piece(Change.KEPT, "".join(new[c:d])))
        elif b - a == d - c:  # as many lines as before: each was changed in its place
            for gone, fresh in zip(old[a:b], new[c:d], strict=True):
                found += _within(gone, fresh)
        else:
            found += _within("".join(old[a:b]), "".join(new[c:d]))
    return tuple(_tidy(found))


def _within(before: str, after: str) -> Iterator[Piece]:
    """Compare words; more than a page of them at once counts as written anew."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MOST_PAIRS:
        yield Piece(Change.GONE, before)
        yield Piece(Change.NEW, after)
        return
    for kind, a, b, c, d in _compared(old, new):
        if kind == "equal":
            yield Piece(Change.KEPT, "".join(new[c:d]))
            continue
        yield Piece(Change.GONE, "".join(old[a:b]))
        yield Piece(Change.NEW, "".join(new[c:d]))


def _compared(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """How one becomes the other; white space alone is never what two texts have in common."""
    return difflib.SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes()


def _tidy(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join what fared alike; a lone space between two changes goes with them, not between them."""
    gone = new = kept = ""
    for place, piece in enumerate(pieces):
        inside = bool(gone or new) and piece.change is Change.KEPT
        if inside and not piece.text.strip(" \t") and _change_follows(pieces, place):
            gone, new = gone + piece.text, new + piece.text
        elif piece.change is Change.KEPT:
            if gone or new:
                yield from _some(kept, gone, new)
                gone = new = kept = ""
            kept += piece.text
        elif piece.change is Change.GONE:
            gone += piece.text
        else:
            new += piece.text
    yield from _some(kept, gone, new)


def _change_follows(pieces: Sequence[Piece], place: int) -> bool:
    rest = pieces[place + 1 : place + 3]
    return any(one.text and one.change is not Change.KEPT for one in rest)


def _some(kept: str, gone: str, new: str) -> Iterator[Piece]:
    for change, text in ((Change.KEPT, kept), (Change.GONE, gone), (Change.NEW, new)):
        if text:
            yield Piece(change, text)
