"""Tunes the encoder for pairs: whether two sentences say the same."""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.engine.e5 import kept_pieces, write_tuned
from assistant.engine.embedding import side_by_side
from assistant.engine.embedding_worker import PAIRS, pieces_of
from assistant.engine.packed_encoder import PackedEncoder
from assistant.guarding.heads import MEANING_SCALE
from assistant.training.descent import BATCH, Descent, batches
from assistant.training.learnt import Tuned, changes_of, weights_of
from assistant.training.network import Upper, Words
from assistant.training.pairs import Block, Pair, drawn

HEAD = "agreement"

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
    words, pieces = Words(packed), _Pieces(packed)
    steps = _ROUNDS * math.ceil(len(drawn(blocks, np.random.default_rng(_SEED))) / BATCH)
    descent = Descent(upper, head, steps)
    for number in range(_ROUNDS):
        upper.train()
        begun, pairs = time.monotonic(), drawn(blocks, lot)
        read = pieces(pairs)
        same = torch.tensor([int(one) for *_, one in pairs])
        losses = [
            descent.step(_loss(head, upper([words(read[row]) for row in rows]), same[rows]))
            for rows in batches([len(one) for one in read], lot)
        ]
        taken = time.monotonic() - begun
        sys.stderr.write(f"round {number + 1}: loss {np.mean(losses):.4f}, {taken:.0f} s\n")
        after_round(Tuned(changes_of(upper), {HEAD: weights_of(head)}))


def _loss(head: nn.Module, points: Tensor, same: Tensor) -> Tensor:
    told = head(MEANING_SCALE * points)
    return functional.cross_entropy(told, same, label_smoothing=_SMOOTHING)


class _Pieces:
    """Splits pairs into word pieces as llama.cpp does when the program asks about them."""

    def __init__(self, packed: PackedEncoder) -> None:
        self._packed, self._kept = packed, kept_pieces(packed)

    def __call__(self, pairs: Sequence[Pair]) -> list[list[int]]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "untuned.gguf"
            with path.open("wb") as file:
                write_tuned(file, self._packed, {})
            split = pieces_of(path, [side_by_side(one, other) for one, other, _ in pairs], PAIRS)
        return [[self._kept[piece] for piece in text] for text in split]
