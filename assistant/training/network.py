"""The encoder as a network of torch, its upper layers with small trainable changes.

A tuned matrix W becomes W + up @ down, both of low rank (LoRA: Hu et al. 2021, arXiv 2106.09685).
The layers below stay as published, so their output is computed once for every exemplar.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.engine.packed_encoder import PackedEncoder

NUMBERS = torch.bfloat16
"""What is computed in; sums over a row (norms, means, losses) are float32."""

_EPSILON = 1e-12
_BATCH = 64


class Linear(nn.Module):
    """A matrix of the encoder, with a change of the given rank, or none for 0."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int) -> None:
        super().__init__()
        self.weight, self.bias, self.rank = weight.to(NUMBERS), bias.to(NUMBERS), rank
        if rank:
            width = weight.shape[1]
            self.down = nn.Parameter(torch.randn(rank, width) / math.sqrt(width))
            self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, rows: Tensor) -> Tensor:
        """Rows of shape (..., m) to (..., n)."""
        found = functional.linear(rows, self.weight, self.bias)
        if not self.rank:
            return found
        inner = functional.linear(rows, self.down.to(NUMBERS))
        return found + functional.linear(inner, self.up.to(NUMBERS))


class Layer(nn.Module):
    """One layer of the encoder: attention, then the feed-forward part (Vaswani et al. 2017)."""

    def __init__(self, packed: PackedEncoder, number: int, *, rank: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = packed.heads, dropout

        def numbers(name: str) -> Tensor:
            return torch.from_numpy(packed.tensors[f"l{number}.{name}"].numbers())

        def linear(name: str) -> Linear:
            bias = numbers(f"{name}.b")
            return Linear(numbers(f"{name}.w").reshape(len(bias), -1), bias, rank)

        self.q, self.k, self.v, self.ao = (linear(name) for name in ("q", "k", "v", "ao"))
        self.fi, self.fo = linear("fi"), linear("fo")
        self.norms = [(numbers(f"{name}.w"), numbers(f"{name}.b")) for name in ("aln", "oln")]

    def forward(self, rows: Tensor, there: Tensor) -> Tensor:
        """Rows of shape (texts, pieces, width); ``there`` tells pieces from padding."""
        texts, pieces, width = rows.shape
        query, key, value = (
            one(rows).view(texts, pieces, self.heads, -1).transpose(1, 2)
            for one in (self.q, self.k, self.v)
        )
        likeness = (query @ key.transpose(2, 3)).float() / math.sqrt(query.shape[-1])
        likeness = likeness.masked_fill(~there[:, None, None, :], -torch.inf)
        mixed = torch.softmax(likeness, dim=-1).to(NUMBERS) @ value
        told = self.ao(mixed.transpose(1, 2).reshape(texts, pieces, width))
        rows = self._normal(rows + self._dropped(told), 0)
        inner = self.fo(functional.gelu(self.fi(rows)))
        return self._normal(rows + self._dropped(inner), 1)

    def _dropped(self, rows: Tensor) -> Tensor:
        return functional.dropout(rows, self.dropout, self.training)

    def _normal(self, rows: Tensor, which: int) -> Tensor:
        weight, bias = self.norms[which]
        told = functional.layer_norm(rows.float(), weight.shape, weight, bias, _EPSILON)
        return told.to(NUMBERS)


class Upper(nn.Module):
    """The tuned layers and the mean of their output, of unit length, shape (texts, width)."""

    def __init__(
        self, packed: PackedEncoder, first: int, *, rank: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.first = first
        self.layers = nn.ModuleList(
            Layer(packed, number, rank=rank, dropout=dropout)
            for number in range(first, packed.layers)
        )

    def forward(self, lower: list[Tensor]) -> Tensor:
        """Points of texts, from what the layers below made of each (pieces, width)."""
        rows, there = padded(lower)
        for layer in self.layers:
            rows = layer(rows, there)
        counted = there.unsqueeze(-1).float()
        mean = (rows.float() * counted).sum(1) / counted.sum(1)
        return functional.normalize(mean, dim=1)


class Words:
    """The word pieces of a text as the first layer is given them, (pieces, width)."""

    def __init__(self, packed: PackedEncoder) -> None:
        def numbers(name: str) -> Tensor:
            return torch.from_numpy(packed.tensors[name].numbers())

        self._width = packed.width
        self._words = numbers("emb.word").reshape(-1, packed.width)
        self._places = numbers("emb.pos").reshape(-1, packed.width)
        self._kind = numbers("emb.type")[: packed.width]
        self._weight, self._bias = (numbers(f"emb.ln.{part}") for part in "wb")

    def __call__(self, pieces: list[int]) -> Tensor:
        """Pieces given by their numbers."""
        begun = self._words[pieces] + self._places[: len(pieces)] + self._kind
        return functional.layer_norm(begun, (self._width,), self._weight, self._bias, _EPSILON)


def lower_output(packed: PackedEncoder, texts: list[list[int]], layers: int) -> list[Tensor]:
    """What the first layers make of texts given as numbers of pieces: (pieces, width) each."""
    below = [Layer(packed, number, rank=0, dropout=0.0).eval() for number in range(layers)]
    words = Words(packed)
    found: list[Tensor] = [torch.empty(0)] * len(texts)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    with torch.no_grad():
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            rows, there = padded([words(texts[row]) for row in chosen])
            for layer in below:
                rows = layer(rows, there)
            for place, row in enumerate(chosen):
                found[row] = rows[place, : len(texts[row])].clone()
    return found


def padded(texts: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Texts of unlike length as one (texts, pieces, width), and which pieces are there."""
    longest = max(len(one) for one in texts)
    rows = torch.zeros(len(texts), longest, texts[0].shape[1], dtype=NUMBERS)
    there = torch.zeros(len(texts), longest, dtype=torch.bool)
    for row, one in enumerate(texts):
        rows[row, : len(one)] = one
        there[row, : len(one)] = True
    return rows, there
