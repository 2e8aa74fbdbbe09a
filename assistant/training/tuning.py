"""Tunes the upper layers of the encoder together with the heads that read its points."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from assistant.engine.e5 import Changes
from assistant.engine.packed_encoder import PackedEncoder
from assistant.guarding.heads import MEANING_SCALE, Matrix
from assistant.training.exemplars import CLASSES, Exemplar, truth, weights
from assistant.training.network import Linear, Upper

FIRST_TUNED = 6
"""Layers below this one stay as published."""

_RANK = 8
_DROPOUT = 0.1
_ROUNDS = 5
_BATCH = 32
_RATE = 1e-3
_HEAD_RATE = 3e-3
_DECAY = 0.01
_WARM_SHARE = 0.06
_LEAST_RATE = 0.02
_SMOOTHING = {"intent": 0.05, "scope": 0.05, "emergency": 0.0}
_START = 0.01
_SEED = 1


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was learnt: the encoder's changes and each head's weights, constant term last."""

    changes: Changes
    heads: dict[str, Matrix]


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
    optimizer = torch.optim.AdamW(
        [
            {"params": list(upper.parameters()), "lr": _RATE},
            {"params": list(heads.parameters()), "lr": _HEAD_RATE},
        ],
        weight_decay=_DECAY,
        betas=(0.9, 0.98),
    )
    batches = math.ceil(len(exemplars) / _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rate(_ROUNDS * batches))
    classes = {name: torch.from_numpy(truth(name, exemplars)) for name in CLASSES}
    counted = torch.from_numpy(weights(exemplars))
    shuffled = np.random.default_rng(_SEED)
    both = [*upper.parameters(), *heads.parameters()]
    for number in range(_ROUNDS):
        upper.train()
        heads.train()
        begun, losses = time.monotonic(), []
        for rows in _batches([len(one) for one in lower], shuffled):
            told = heads(upper([lower[row] for row in rows]))
            loss = _loss(told, {name: of[rows] for name, of in classes.items()}, counted[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(both, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        taken = time.monotonic() - begun
        sys.stderr.write(f"round {number + 1}: loss {np.mean(losses):.4f}, {taken:.0f} s\n")
    return Tuned(_changes(upper), {name: _weights(head) for name, head in heads.of.items()})


def points(packed: PackedEncoder, tuned: Tuned, lower: list[Tensor]) -> Matrix:
    """Points of texts by a tuned encoder, shape (n, width), rounded as in the training."""
    upper = Upper(packed, FIRST_TUNED, rank=_RANK).eval()
    _put(upper, tuned.changes)
    order = sorted(range(len(lower)), key=lambda row: len(lower[row]))
    found = np.empty((len(lower), packed.width), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), 2 * _BATCH):
            rows = order[start : start + 2 * _BATCH]
            found[rows] = upper([lower[row] for row in rows]).numpy()
    return found


def _rate(steps: int) -> Callable[[int], float]:
    """Share of the full rate at a step: up at first, then down in a straight line."""

    def share(step: int) -> float:
        return min(1.0, (step + 1) / (_WARM_SHARE * steps)) * max(_LEAST_RATE, 1 - step / steps)

    return share


def _batches(lengths: list[int], shuffled: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Every row once, those of like length together, in an order drawn by lot."""
    order = shuffled.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), 16 * _BATCH):
        rows = order[start : start + 16 * _BATCH]
        rows = rows[np.argsort([lengths[row] for row in rows], kind="stable")]
        batches += [rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH)]
    for number in shuffled.permutation(len(batches)):
        yield batches[number]


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


def _linears(upper: Upper) -> Iterator[tuple[str, Linear]]:
    """The tuned matrices by the names of the package's tensors."""
    for number, layer in enumerate(upper.layers, upper.first):
        for name, part in layer.named_children():
            if isinstance(part, Linear):
                yield f"l{number}.{name}", part


def _changes(upper: Upper) -> Changes:
    """What was learnt, rounded to half precision as it is stored."""
    return {
        f"{name}.{part}": getattr(one, part).detach().numpy().astype(np.float16).astype(np.float32)
        for name, one in _linears(upper)
        for part in ("down", "up")
    }


def _put(upper: Upper, changes: Changes) -> None:
    with torch.no_grad():
        for name, one in _linears(upper):
            for part in ("down", "up"):
                getattr(one, part).copy_(torch.from_numpy(changes[f"{name}.{part}"]))


def _weights(head: nn.Module) -> Matrix:
    weight, bias = (one.detach().numpy() for one in head.parameters())
    return np.concatenate([weight, bias[:, None]], axis=1).astype(np.float32)
