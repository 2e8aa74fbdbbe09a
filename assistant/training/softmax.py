"""Softmax regression: the heads that see wording alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.guarding.heads import Matrix, by_words, probabilities
from assistant.training.exemplars import CLASSES, Exemplar, truth, weights

_L2 = 1e-3
_STEPS = 150


def word_heads(exemplars: list[Exemplar]) -> dict[str, Matrix]:
    """The heads over wording, by name."""
    rows, counted = by_words([one.text for one in exemplars]), weights(exemplars)
    heads = {}
    for head, names in CLASSES.items():
        classes = truth(head, exemplars)
        learnt = classes >= 0
        heads[head] = fitted(rows[learnt], classes[learnt], len(names), counted[learnt])
    return heads


def fitted(rows: Matrix, classes: NDArray[np.int64], count: int, weights: Matrix) -> Matrix:
    """Weights of a softmax regression with a quadratic penalty, constant term last."""
    width = rows.shape[1]
    target = np.eye(count, dtype=np.float32)[classes]
    share = (weights / weights.sum())[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        matrix = flat.reshape(count, width + 1).astype(np.float32)
        found = probabilities(matrix, rows)
        surprise = -np.log(np.maximum((found * target).sum(axis=1), 1e-12))
        penalty = 0.5 * _L2 * float(np.square(matrix[:, :-1]).sum())
        pull = (found - target) * share
        slope = np.empty((count, width + 1))
        slope[:, :-1] = pull.T @ rows + _L2 * matrix[:, :-1]
        slope[:, -1] = pull.sum(axis=0)
        return float((surprise * share[:, 0]).sum()) + penalty, slope.ravel()

    start = np.zeros(count * (width + 1))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    solution: Matrix = best.x.reshape(count, width + 1).astype(np.float32)
    return solution
