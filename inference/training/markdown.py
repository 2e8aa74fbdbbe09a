"""Tables of a card's page."""

from __future__ import annotations

import math
from collections.abc import Sequence

Row = tuple[str, ...]


def table(head: Row, rows: Sequence[Row]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None) -> str:
    """Return a figure with two decimals; nothing for one that could not be computed."""
    return "" if value is None or not math.isfinite(value) else f"{value:.2f}"
