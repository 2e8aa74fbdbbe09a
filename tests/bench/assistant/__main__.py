"""``python -m tests.bench.assistant``: one table over the frozen sets, with the real pieces."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial

from tests.bench.assistant import (
    parts_by_hand,
    parts_language,
    parts_reports,
    parts_safety,
    parts_second,
    parts_speed,
)
from tests.bench.assistant.driver import Assistant, assistant
from tests.bench.assistant.scoring import Row, table

PARTS: Mapping[str, Callable[[Assistant], list[Row]]] = {
    "explain": parts_reports.explaining,
    "ask": parts_reports.asking,
    "route": parts_language.routing,
    "slots": parts_language.scheduling,
    "red-flags": parts_language.red_flags,
    "inject": parts_safety.injecting,
    "gate": parts_language.gate,
    "gate-second": parts_second.gate_second,
    **{f"gate-{name}": partial(parts_by_hand.rows, name=name) for name in parts_by_hand.SETS},
    "speed": parts_speed.speed,
}


def main(words: list[str] | None = None) -> int:
    """Run the parts and print the table; 1 with ``--strict`` where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.assistant", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(PARTS), help="may be repeated")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a goal is missed")
    parser.add_argument("--no-models", action="store_true", help="rules alone, honestly reduced")
    given = parser.parse_args(words)
    rows: list[Row] = []
    with assistant(with_models=not given.no_models) as ours:
        for name in given.only or PARTS:
            sys.stderr.write(f"{name} ...\n")
            rows += PARTS[name](ours)
    sys.stdout.write(f"{table(rows)}\n")
    return int(given.strict and any(one.met is False for one in rows))


if __name__ == "__main__":
    sys.exit(main())
