"""Whether two sentences say the same, as far as a tuned encoder can tell.

A linear head over the point of a pair (``PairReader``), learnt together with the encoder from
sentences with right and wrong rewordings (``resources/gate/pairs.*.txt``, ``assistant.training``).
It knows what the word lists of the gate do not, and errs elsewhere; the gate asks both (ADR 56).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

import resources
from assistant.errors import AssistantError
from assistant.guarding.heads import MEANING_SCALE, Matrix, probabilities
from assistant.ports import PairReader

HEAD = Path(resources.__file__).parent / "gate" / "head.npz"
AGREEMENT = "agreement"
"""The head's name in that file."""
LONGEST = 480
"""Letters of both sentences together that the encoder surely reads to the end."""


def agreement(source: str, candidate: str, reader: PairReader | None) -> float | None:
    """Probability that two sentences say the same, 0 to 1; None where nobody can tell.

    That is so without a reader, if it fails, and for sentences it would not read to the end.
    """
    if reader is None or len(source) + len(candidate) > LONGEST:
        return None
    try:
        point = reader.embed_pairs([(source, candidate)])
    except AssistantError:
        return None
    return float(probabilities(_head(), np.float32(MEANING_SCALE) * point)[0, 1])


@cache
def _head() -> Matrix:
    """Weights of the classes "differ" and "agree", shape (2, 385), constant term last."""
    with np.load(HEAD) as stored:
        weights: Matrix = stored[AGREEMENT].astype(np.float32)
    return weights
