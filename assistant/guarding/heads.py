"""Small classifiers over what a message means and how it is worded; their weights ship.

Each is a linear head over the point of a sentence encoder that was tuned together with it, on
exemplars of this program's own (``assistant.training``). A second set of heads knows n-grams and
cues alone. It has a smaller say beside the first, and the only one on a machine without the
encoder; that is worse, and whoever asks is told so.
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

MEANING_SCALE = 10.0
"""By what the encoder's points, of unit length, are multiplied before the heads see them."""

_WORDS_SAY = 0.4
"""Share of what the wording says, in logarithms, beside the whole of the meaning's (ADR 50)."""
_LEAST = 1e-6
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
    classes, weights = _head(head, by_meaning=False)
    found = probabilities(weights, by_words([text[:LONGEST]]))
    meant = _meant(text[:LONGEST], embedder)
    if meant is not None:
        _, weights = _head(head, by_meaning=True)
        found = agreed(probabilities(weights, meant), found)
    return Judgement(dict(zip(classes, map(float, found[0]), strict=True)), meant is not None)


def agreed(meaning: Matrix, wording: Matrix) -> Matrix:
    """What both sets of heads say together: a product, the wording's part to a smaller power."""
    product = np.maximum(meaning, _LEAST) * np.maximum(wording, _LEAST) ** np.float32(_WORDS_SAY)
    shares: Matrix = product / product.sum(axis=1, keepdims=True)
    return shares


def by_words(texts: Sequence[str]) -> Matrix:
    """What is seen in the wording: n-grams and cues, a row a text."""
    rows = [np.concatenate([_N_GRAM_SCALE * n_grams(one), cues(one)]) for one in texts]
    return np.stack(rows)


def by_meaning(texts: Sequence[str], embedder: Embedder) -> Matrix:
    """What is seen in the meaning: the encoder's points, a row a text."""
    return np.float32(MEANING_SCALE) * embedder.embed_message(texts)


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
