"""Small classifiers over what a message means and how it is worded; their weights ship.

Each is a logistic head over two sentence embeddings, n-grams and cues, trained on exemplars of
this program's own (``assistant.training``). A second set of heads knows n-grams and cues alone,
for a machine without the embedding models; it is worse, and whoever asks is told which one spoke.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import resources
from assistant.errors import AssistantError
from assistant.guarding.cues import cues, n_grams
from assistant.ports import Embedder

FOLDER = Path(resources.__file__).parent / "router"
WEIGHTS = FOLDER / "heads.npz"
CARD = FOLDER / "heads.json"
LONGEST = 1000

_MEANING_SCALE = 4.0
_MULTILINGUAL_SCALE = 5.0
_N_GRAM_SCALE = 2.0

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probabilities of a head's classes; ``by_meaning`` is False where no embedder could help."""

    probabilities: dict[str, float]
    by_meaning: bool

    @property
    def likeliest(self) -> tuple[str, float]:
        """The class of the highest probability, and that probability."""
        return max(self.probabilities.items(), key=lambda item: item[1])


def judge(head: str, text: str, embedder: Embedder | None) -> Judgement:
    """What a head ("intent", "scope" or "emergency") says of a message.

    A long message is read to its thousandth letter. An embedder that fails counts as none.
    """
    worded = by_words([text[:LONGEST]])
    meant = _meant(text[:LONGEST], embedder)
    rows = worded if meant is None else np.concatenate([meant, worded], axis=1)
    classes, weights = _head(head, by_meaning=meant is not None)
    found = probabilities(weights, rows)[0]
    return Judgement(dict(zip(classes, map(float, found), strict=True)), meant is not None)


def by_words(texts: Sequence[str]) -> Matrix:
    """What is seen in the wording: n-grams and cues, a row a text."""
    rows = [np.concatenate([_N_GRAM_SCALE * n_grams(one), cues(one)]) for one in texts]
    return np.stack(rows)


def by_meaning(texts: Sequence[str], embedder: Embedder) -> Matrix:
    """What is seen in the meaning: both embeddings, a row a text."""
    return np.concatenate(
        [
            _MEANING_SCALE * embedder.embed(texts),
            _MULTILINGUAL_SCALE * embedder.embed_multilingual(texts),
        ],
        axis=1,
    )


def probabilities(weights: Matrix, rows: Matrix) -> Matrix:
    """Softmax over the classes; the last column of the weights is the constant term."""
    scores = rows @ weights[:, :-1].T + weights[:, -1]
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return shares


@cache
def card() -> dict[str, Any]:
    """Classes, thresholds and the digest of the exemplars the heads were trained on."""
    told: dict[str, Any] = json.loads(CARD.read_text("utf-8"))
    return told


@cache
def _head(name: str, *, by_meaning: bool) -> tuple[tuple[str, ...], Matrix]:
    """Classes and weights of a head."""
    with np.load(WEIGHTS) as stored:
        weights = stored[f"{name} by {'meaning' if by_meaning else 'words'}"]
    return tuple(card()["classes"][name]), weights.astype(np.float32)


def _meant(text: str, embedder: Embedder | None) -> Matrix | None:
    if embedder is None:
        return None
    try:
        return by_meaning([text], embedder)
    except AssistantError:
        return None
