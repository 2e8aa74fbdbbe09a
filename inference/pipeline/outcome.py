"""What the worker process hands back; apart from the engine, so that reading it needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.records import Attribution, Finding, RunOutcome


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What the engine found; ``labels`` and ``heat`` are None unless there are findings.

    ``gate`` holds the input gate's scores, ``cautions`` its sentences for the reader.
    """

    outcome: RunOutcome
    reason: str
    findings: tuple[Finding, ...] = ()
    labels: NDArray[np.uint8] | None = None
    heat: NDArray[np.float16] | None = None
    attribution: Attribution | None = None
    gate: Mapping[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
