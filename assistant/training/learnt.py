"""What a training learnt: out of the network as it is stored, and into a network again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from assistant.engine.e5 import Changes
from assistant.guarding.heads import Matrix
from assistant.training.network import Linear, Upper


@dataclass(frozen=True, slots=True)
class Tuned:
    """The encoder's changes and each head's weights, constant term last."""

    changes: Changes
    heads: dict[str, Matrix]


def changes_of(upper: Upper) -> Changes:
    """What was learnt, rounded to half precision as it is stored."""
    return {
        f"{name}.{part}": getattr(one, part).detach().numpy().astype(np.float16).astype(np.float32)
        for name, one in _linears(upper)
        for part in ("down", "up")
    }


def put(upper: Upper, changes: Changes) -> None:
    """Give a network what another one learnt."""
    with torch.no_grad():
        for name, one in _linears(upper):
            for part in ("down", "up"):
                getattr(one, part).copy_(torch.from_numpy(changes[f"{name}.{part}"]))


def weights_of(head: nn.Module) -> Matrix:
    """Weights of a linear head, shape (classes, width + 1), constant term last."""
    weight, bias = (one.detach().numpy() for one in head.parameters())
    return np.concatenate([weight, bias[:, None]], axis=1).astype(np.float32)


def _linears(upper: Upper) -> Iterator[tuple[str, Linear]]:
    """The tuned matrices by the names of the package's tensors."""
    for number, layer in enumerate(upper.layers, upper.first):
        for name, part in layer.named_children():
            if isinstance(part, Linear):
                yield f"l{number}.{name}", part
