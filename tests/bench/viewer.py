"""The viewer beside its peers: ``python -m tests.bench.viewer`` (make bench-viewer).

Everything is measured in one run on one machine, each program in processes of its own, one after
the other. Times are medians / 95th percentiles of 10 repeats after two that are not counted (warm),
or with the files put out of the page cache before each (cold). A result that is not right makes
the row void: volumes are compared bit by bit, frames by SSIM (0.98) with planes drawn from the
phantom's own array, and scrolled frames must all differ. A peer that cannot be started is listed
with its reason.

The ratio is the best peer's figure over ours: above 1 ours is better.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.clock import load_average
from tests.bench.measuring import PARTS, Plan
from tests.bench.rows import Row, table
from tests.bench.running import ROOT, wait_for_calm

OUT = ROOT / "var" / "bench" / "viewer.json"
CALM = 0.3
"""Load above which figures are for finding faults only."""


def main() -> None:
    asked = _arguments()
    os.chdir(ROOT)
    plan = Plan(3 if asked.quick else 10, 60 if asked.quick else 300, large=not asked.no_large)
    load = load_average() if asked.no_wait else wait_for_calm(CALM, 180.0)
    _say(f"load average before: {load:.2f}" + ("" if load <= CALM else " (NOT IDLE)"))
    chosen = asked.only.split(",") if asked.only else list(PARTS)
    rows: list[Row] = []
    for name in chosen:
        _say(f"measuring {name} ...")
        rows += PARTS[name](plan)
    _say("\n" + table(rows))
    _say(
        f"\n{plan.repeats} repeats, {plan.ticks} ticks; {os.cpu_count()} processors; load average "
        f"{load:.2f} before, {load_average():.2f} after (ours own)"
    )
    if load > CALM or asked.quick or len(chosen) < len(PARTS) or asked.no_large:
        _say("Not a result: the machine was not idle, or not everything was measured.")
    _store(rows, plan, load)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.viewer")
    parser.add_argument("--quick", action="store_true", help="3 repeats, for finding faults")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for an idle machine")
    parser.add_argument("--no-large", action="store_true", help="leave out the 512 x 512 x 512")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    return parser.parse_args()


def _store(rows: list[Row], plan: Plan, load: float) -> None:
    OUT.parent.mkdir(parents=True, exist_ok=True)
    packages = ("numpy", "pydicom", "PySide6-Essentials", "vtk", "SimpleITK")
    facts: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "peers": (Path(__file__).parent / "peers.txt").read_text().split("\n")[1:],
        "load_before": load,
        "idle": load <= CALM,
        "repeats": plan.repeats,
        "ticks": plan.ticks,
        "rows": [row.as_json() for row in rows],
    }
    OUT.write_text(json.dumps(facts, indent=1) + "\n")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
