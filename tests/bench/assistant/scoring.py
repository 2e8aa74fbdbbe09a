"""Shares with their intervals, and the table they stand in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

FAILURES = Path(__file__).resolve().parents[3] / "var" / "bench-assistant"


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where there is no goal or nothing was measured."""

    part: str
    what: str
    figure: str
    goal: str = "-"
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "-" if self.met is None else "yes" if self.met else "NO"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson; all there is where nothing was counted."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = share + z * z / (2 * of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    under = 1 + z * z / of
    return max(0.0, (middle - half) / under), min(1.0, (middle + half) / under)


def share(
    part: str,
    what: str,
    hits: int,
    of: int,
    *,
    least: float | None = None,
    most: float | None = None,
) -> Row:
    """A row for a share. Nothing counted never meets a goal."""
    low, high = wilson(hits, of)
    figure = f"{hits}/{of} = {hits / of:.1%} ({low:.1%}-{high:.1%})" if of else "0/0"
    if least is not None:
        return Row(part, what, figure, f">= {least:.1%}", bool(of) and hits / of >= least)
    if most is not None:
        return Row(part, what, figure, f"<= {most:.1%}", bool(of) and hits / of <= most)
    return Row(part, what, figure)


def count(part: str, what: str, hits: int, of: int) -> Row:
    """A row for what must not happen at all, of so many tries."""
    return Row(part, what, f"{hits} of {of}", "0", bool(of) and hits == 0)


def times(part: str, what: str, ms: Sequence[float], *, most: float | None = None) -> Row:
    """A row of milliseconds: median and 95th percentile; the latter counts."""
    if not ms:
        return Row(
            part, what, "not measured", f"<= {most:g} ms" if most else "-", False if most else None
        )
    middle, high = float(np.median(ms)), float(np.percentile(ms, 95))
    figure = f"p50 {middle:.1f} ms, p95 {high:.1f} ms (n={len(ms)})"
    return Row(
        part, what, figure, f"<= {most:g} ms" if most else "-", high <= most if most else None
    )


def table(rows: Iterable[Row]) -> str:
    """All rows as a Markdown table."""
    lines = ["| part | what | figure | goal | met |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.part} | {one.what} | {one.figure} | {one.goal} | {one.verdict} |" for one in rows
    ]
    return "\n".join(lines)


def keep(name: str, failures: Iterable[Any], folder: Path | None = None) -> None:
    """Write failing cases to a file of their own, for whoever may read them; the old file goes.

    Whoever writes the rules may not: a set whose misses were read is a development set.
    """
    folder = folder or Path(os.environ.get("BENCH_FAILURES", FAILURES))
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(one if isinstance(one, dict) else asdict(one), ensure_ascii=False, default=str)
        for one in failures
    ]
    (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
