"""Command line: ``python -m inference.training.gate --data PATH --out FOLDER``.

Two runs: ``shipped`` sees every training source; ``left-out`` sees no real picture of Cheng, of the
healthy heads and of NEMA, so that it can be measured on all of them.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from inference.training.gate.fit import Plan, finished, fit
from inference.training.gate.pools import Pools, read_pools

RUNS: dict[str, frozenset[str]] = {
    "shipped": frozenset(),
    "left-out": frozenset({"cheng", "normal", "nema multi"}),
}


def main() -> None:
    """Train whichever run is not finished, for at most ``--minutes`` in this call."""
    parser = argparse.ArgumentParser(prog="python -m inference.training.gate")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", choices=tuple(RUNS), default="shipped")
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--stop", type=int, default=0, help="end this call after that step")
    parser.add_argument("--turned", type=float, default=0.5, help="share laid in any way")
    parser.add_argument("--turn-weight", type=float, default=0.5)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(chosen.threads)
    folder = chosen.out / chosen.run
    folder.mkdir(parents=True, exist_ok=True)
    if finished(folder):
        logging.getLogger(__name__).info("%s is trained already", chosen.run)
        return
    pools: Pools = read_pools(chosen.data, chosen.out).without(RUNS[chosen.run])
    plan = Plan(
        chosen.steps,
        chosen.minutes,
        stop=chosen.stop,
        turned=chosen.turned,
        turn_weight=chosen.turn_weight,
    )
    fit(pools, folder, plan)


if __name__ == "__main__":
    main()
