"""Tunes the upper layers of the encoder together with the heads that read its points."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.engine.packed_encoder import PackedEncoder
from assistant.guarding.heads import MEANING_SCALE, Matrix
from assistant.training.descent import BATCH, Descent, batches
from assistant.training.exemplars import CLASSES, Exemplar, truth, weights
from assistant.training.learnt import Tuned, changes_of, put, weights_of
from assistant.training.network import Upper

FIRST_TUNED = 2
"""Layers below this one stay as published."""

_RANK = 16
_DROPOUT = 0.1
_ROUNDS = 7
_SMOOTHING = {"intent": 0.05, "scope": 0.05, "emergency": 0.0}
_START = 0.01
_SEED = 1


class _Heads(nn.Module):
    """A linear head for each of ``CLASSES`` over scaled points."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.of = nn.ModuleDict({name: nn.Linear(width, len(of)) for name, of in CLASSES.items()})
        for head in self.of.children():
            for parameter in head.parameters():
                nn.init.uniform_(parameter, -_START, _START)

    def forward(self, points: Tensor) -> dict[str, Tensor]:
        rows = functional.dropout(MEANING_SCALE * points, _DROPOUT, self.training)
        return {name: head(rows) for name, head in self.of.items()}


def tune(packed: PackedEncoder, exemplars: list[Exemplar], lower: list[Tensor]) -> Tuned:
    """Learn from exemplars; ``lower`` is what the untuned layers make of each.

    One thread and a fixed seed; another machine or library rounds otherwise.
    """
    torch.set_num_threads(1)
    torch.manual_seed(_SEED)
    upper = Upper(packed, FIRST_TUNED, rank=_RANK, dropout=_DROPOUT)
    heads = _Heads(packed.width)
    descent = Descent(upper, heads, _ROUNDS * math.ceil(len(exemplars) / BATCH))
    classes = {name: torch.from_numpy(truth(name, exemplars)) for name in CLASSES}
    counted = torch.from_numpy(weights(exemplars))
    shuffled = np.random.default_rng(_SEED)
    for _ in range(_ROUNDS):
        upper.train()
        heads.train()
        descent.go_round(
            _loss(
                heads(upper([lower[row] for row in rows])),
                {name: of[rows] for name, of in classes.items()},
                counted[rows],
            )
            for rows in batches([len(one) for one in lower], shuffled)
        )
    return Tuned(changes_of(upper), {name: weights_of(head) for name, head in heads.of.items()})


def points(packed: PackedEncoder, tuned: Tuned, lower: list[Tensor]) -> Matrix:
    """Points of texts by a tuned encoder, shape (n, width), rounded as in the training."""
    upper = Upper(packed, FIRST_TUNED, rank=_RANK).eval()
    put(upper, tuned.changes)
    order = sorted(range(len(lower)), key=lambda row: len(lower[row]))
    found = np.empty((len(lower), packed.width), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), 2 * BATCH):
            rows = order[start : start + 2 * BATCH]
            found[rows] = upper([lower[row] for row in rows]).numpy()
    return found


def _loss(told: dict[str, Tensor], classes: dict[str, Tensor], counted: Tensor) -> Tensor:
    """Sum of the heads' cross-entropies, each over the rows it learns from."""
    total = torch.zeros(())
    for name, scores in told.items():
        learnt = classes[name] >= 0
        surprise = functional.cross_entropy(
            scores[learnt],
            classes[name][learnt],
            reduction="none",
            label_smoothing=_SMOOTHING[name],
        )
        total = total + (surprise * counted[learnt]).sum() / counted.sum()
    return total
