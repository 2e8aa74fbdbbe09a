"""Tunes the encoder for pairs: whether two sentences say the same."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.engine.embedding import side_by_side
from assistant.engine.embedding_worker import PAIRS
from assistant.engine.packed_encoder import PackedEncoder
from assistant.guarding.agreement import AGREEMENT
from assistant.guarding.heads import MEANING_SCALE
from assistant.training.descent import BATCH, Descent, batches
from assistant.training.learnt import Tuned, changes_of, weights_of
from assistant.training.lower import split
from assistant.training.network import Upper, Words
from assistant.training.pairs import Block, drawn

_RANK = 16
_DROPOUT = 0.1
_ROUNDS = 4
_SMOOTHING = 0.02
_START = 0.01
_SEED = 1


def tune_pairs(
    packed: PackedEncoder, blocks: list[Block], after_round: Callable[[Tuned], None]
) -> None:
    """Learn from blocks and tell what was learnt after each round; all layers are tuned.

    One thread and a fixed seed; another machine or library rounds otherwise. A round of 2,000
    blocks takes a quarter of an hour.
    """
    torch.set_num_threads(1)
    torch.manual_seed(_SEED)
    lot = np.random.default_rng(_SEED)
    upper = Upper(packed, 0, rank=_RANK, dropout=_DROPOUT)
    head = nn.Linear(packed.width, 2)
    nn.init.uniform_(head.weight, -_START, _START)
    nn.init.zeros_(head.bias)
    words = Words(packed)
    steps = _ROUNDS * math.ceil(len(drawn(blocks, np.random.default_rng(_SEED))) / BATCH)
    descent = Descent(upper, head, steps)
    for _ in range(_ROUNDS):
        upper.train()
        pairs = drawn(blocks, lot)
        read = split(packed, [side_by_side(one, other) for one, other, _ in pairs], PAIRS)
        same = torch.tensor([int(one) for *_, one in pairs])
        descent.go_round(
            _loss(head, upper([words(read[row]) for row in rows]), same[rows])
            for rows in batches([len(one) for one in read], lot)
        )
        after_round(Tuned(changes_of(upper), {AGREEMENT: weights_of(head)}))


def _loss(head: nn.Module, points: Tensor, same: Tensor) -> Tensor:
    told = head(MEANING_SCALE * points)
    return functional.cross_entropy(told, same, label_smoothing=_SMOOTHING)
