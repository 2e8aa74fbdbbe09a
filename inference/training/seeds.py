"""The check with random weights again, with other seeds: a pass that hangs on one is none.

What comes out is kept beside the card's page (docs/models), with the digest of the weights it was
made with, and says there why a method is not offered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import InferenceError
from inference.explain.sanity import SanityRow, sanity
from inference.models.cards import read_package
from inference.training.fit import LENS
from inference.training.heat_maps import checked_slices
from inference.training.publish import networks

SEEDS = (0, 1, 2)
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Again:
    """One seed's answer for one method: alike in rank and in structure, and whether it passes."""

    seed: int
    rank: float
    alike: float
    passed: bool


def check_seeds(folder: Path, data: Path, seeds: tuple[int, ...] = SEEDS) -> dict[str, Any]:
    """Return what the check says of the model in ``folder`` with each seed, ready for JSON.

    Every weight is made random at once, so seed 0 draws the card's weights in the same order. The
    first member is asked, on the card's slices; ``data`` holds cheng_t1ce.
    """
    members = networks(folder)[:1]
    images, regions = checked_slices(members, data / "cheng_t1ce", LENS)
    found: dict[str, list[dict[str, Any]]] = {}
    for seed in seeds:
        for row in sanity(members, images, regions, seed=seed, at_once=True).rows:
            found.setdefault(row.method.key, []).append(_told(seed, row))
    digest = read_package(folder).card.weights_sha256
    return {"weights_sha256": digest, "slices": len(images), "methods": found}


def _told(seed: int, row: SanityRow) -> dict[str, Any]:
    rank, alike = round(row.rank[-1], _DIGITS), round(row.alike[-1], _DIGITS)
    return {"seed": seed, "rank": rank, "alike": alike, "passed": row.passed}


def read_seeds(file: Path, weights_sha256: str) -> Mapping[str, tuple[Again, ...]]:
    """Return what ``file`` says of each method.

    Raises
    ------
    InferenceError
        It was made with other weights.
    """
    content = json.loads(file.read_text(encoding="utf-8"))
    if content["weights_sha256"] != weights_sha256:
        raise InferenceError(f"{file.name} was made with other weights: make it anew.")
    return {key: tuple(Again(**one) for one in rows) for key, rows in content["methods"].items()}
