"""The steps of a training: small batches of texts of like length, and AdamW."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

BATCH = 32

_RATE = 1e-3
_HEAD_RATE = 3e-3
_DECAY = 0.01
_WARM_SHARE = 0.06
_LEAST_RATE = 0.02


class Descent:
    """Takes a given number of steps (AdamW: Loshchilov and Hutter 2019, arXiv 1711.05101)."""

    def __init__(self, upper: nn.Module, heads: nn.Module, steps: int) -> None:
        self._parameters = [*upper.parameters(), *heads.parameters()]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": list(upper.parameters()), "lr": _RATE},
                {"params": list(heads.parameters()), "lr": _HEAD_RATE},
            ],
            weight_decay=_DECAY,
            betas=(0.9, 0.98),
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, _rate(steps))
        self._rounds = 0

    def go_round(self, losses: Iterable[Tensor]) -> None:
        """Take a step down for each loss, as it is worked out, and say how the round went."""
        begun = time.monotonic()
        mean = np.mean([self._step(one) for one in losses])
        self._rounds += 1
        taken = time.monotonic() - begun
        sys.stderr.write(f"round {self._rounds}: loss {mean:.4f}, {taken:.0f} s\n")

    def _step(self, loss: Tensor) -> float:
        """Take one step down; the loss as a number."""
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._schedule.step()
        return float(loss.detach())


def batches(lengths: Sequence[int], shuffled: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Every row once, those of like length together, in an order drawn by lot."""
    order = shuffled.permutation(len(lengths))
    made = []
    for start in range(0, len(order), 16 * BATCH):
        rows = order[start : start + 16 * BATCH]
        rows = rows[np.argsort([lengths[row] for row in rows], kind="stable")]
        made += [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
    for number in shuffled.permutation(len(made)):
        yield made[number]


def _rate(steps: int) -> Callable[[int], float]:
    """Share of the full rate at a step: up at first, then down in a straight line."""

    def share(step: int) -> float:
        return min(1.0, (step + 1) / (_WARM_SHARE * steps)) * max(_LEAST_RATE, 1 - step / steps)

    return share
