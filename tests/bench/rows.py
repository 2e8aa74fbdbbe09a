"""Rows of the table: what was measured, of whom, against which goal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.clock import median, p95
from tests.bench.running import Outcome

COLUMNS = ("SimpleITK", "pydicom", "napari", "VTK")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, the smaller the better; without a figure there is a reason."""

    value: float | None
    shown: str = ""
    reason: str = ""
    raw: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        if self.value is None:
            return "void" if self.reason.startswith("void") else "not run"
        return self.shown or f"{self.value:.3g}"


@dataclass(frozen=True, slots=True)
class Goal:
    """What ours must be: at most ``most``, or ``times`` better than a peer, or both."""

    most: float | None = None
    times: float | None = None
    over: str = ""
    unit: str = "ms"

    @property
    def text(self) -> str:
        words = []
        if self.most is not None:
            words.append(f"<= {self.most:g} {self.unit}")
        if self.times is not None:
            words.append(f">= {self.times:g}x {self.over or 'best peer'}")
        return ", ".join(words) or "-"

    def met(self, ours: Cell, peers: Mapping[str, Cell]) -> bool | None:
        """Whether it is; None where there is nothing to compare with."""
        if self.most is None and self.times is None:
            return None
        if ours.value is None:
            return False
        if self.most is not None and ours.value > self.most:
            return False
        if self.times is None:
            return True
        names = [self.over] if self.over else list(peers)
        values = [peers[name].value for name in names if name in peers]
        figures = [value for value in values if value is not None]
        return None if not figures else min(figures) / ours.value >= self.times


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ours, the peers', the goal, and what must be known to read it."""

    what: str
    ours: Cell
    peers: Mapping[str, Cell]
    goal: Goal = Goal()
    unit: str = "ms"
    notes: tuple[str, ...] = field(default=())

    @property
    def ratio(self) -> str:
        """How many times the best peer's figure is ours."""
        figures = {name: cell.value for name, cell in self.peers.items() if cell.value is not None}
        if self.ours.value is None or not figures:
            return "-"
        best = min(figures, key=lambda name: figures[name])
        return f"{figures[best] / self.ours.value:.2f}x {best}"

    @property
    def met(self) -> str:
        verdict = self.goal.met(self.ours, self.peers)
        return "-" if verdict is None else "yes" if verdict else "NO"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a cell is empty; silent never."""
        cells = {"ours": self.ours, **self.peers}
        return tuple(
            f"{self.what}, {name}: {cell.reason}"
            for name, cell in cells.items()
            if cell.value is None
        )

    def as_json(self) -> dict[str, Any]:
        def one(cell: Cell) -> dict[str, Any]:
            return {"value": cell.value, "reason": cell.reason, "raw": list(cell.raw)}

        return {
            "what": self.what,
            "unit": self.unit,
            "ours": one(self.ours),
            "peers": {name: one(cell) for name, cell in self.peers.items()},
            "ratio": self.ratio,
            "goal": self.goal.text,
            "met": self.met,
            "notes": list(self.notes),
        }


def timed(outcome: Outcome, *, void: str = "", by: str = "median") -> Cell:
    """The cell of a run's milliseconds: the median or the p95 is what counts, both are shown."""
    if outcome.reason:
        return Cell(None, reason=f"not run: {outcome.reason}")
    if void:
        return Cell(None, reason=f"void: {void}", raw=tuple(outcome.ms))
    middle, high = median(outcome.ms), p95(outcome.ms)
    value = high if by == "p95" else middle
    shown = f"{_short(middle)} / {_short(high)}"
    return Cell(value, shown, raw=tuple(outcome.ms))


def table(rows: Sequence[Row]) -> str:
    """All rows as text, the reasons and notes below."""
    head = ("what", "ours", *COLUMNS, "ratio", "goal", "met?")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    lines.insert(1, tuple("-" * width for width in widths))
    drawn = ["  ".join(t.ljust(w) for t, w in zip(line, widths, strict=True)) for line in lines]
    notes = dict.fromkeys(note for row in rows for note in (*row.reasons, *row.notes))
    return "\n".join([*(line.rstrip() for line in drawn), "", *_wrapped(notes)])


def _cells(row: Row) -> tuple[str, ...]:
    peers = (row.peers[name].text if name in row.peers else "-" for name in COLUMNS)
    return (f"{row.what} [{row.unit}]", row.ours.text, *peers, row.ratio, row.goal.text, row.met)


def _wrapped(notes: Iterable[str]) -> list[str]:
    return [textwrap.fill(note, 110, initial_indent="- ", subsequent_indent="  ") for note in notes]


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
