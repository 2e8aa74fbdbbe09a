"""multilingual-e5-small written out in numpy from its weights: what the embedder is held against.

Wang et al. 2024 (E5); Conneau et al. 2020 (the word pieces, a unigram model after Kudo 2018).
"""

from __future__ import annotations

import unicodedata
from functools import cached_property

import numpy as np
from scipy.special import erf

from assistant.engine.e5 import kept_pieces
from assistant.engine.packed_encoder import PackedEncoder


class Reference:
    def __init__(self, packed: PackedEncoder) -> None:
        self.packed = packed
        self.kept = kept_pieces(packed)
        mask = len(packed.pieces) - 1
        special = {packed.begin, packed.end, packed.padding, packed.unknown, mask}
        self.numbers = {
            packed.pieces[number]: number for number in self.kept if number not in special
        }
        self.unlikely = float(packed.scores[self.kept].min()) - 10
        self.weights = {
            name: one.numbers() for name, one in packed.tensors.items() if name != "emb.word"
        }

    @cached_property
    def words(self) -> np.ndarray:
        return self.packed.tensors["emb.word"].numbers().reshape(-1, self.packed.width)

    def embed(self, text: str) -> np.ndarray:
        pieces = self.pieces(text)
        width = self.packed.width
        x = self.words[pieces] + self.weights["emb.pos"].reshape(-1, width)[: len(pieces)]
        x = self._normal(x + self.weights["emb.type"][:width], "emb.ln")
        for layer in range(self.packed.layers):
            x = self._layer(x, f"l{layer}.")
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def pieces(self, text: str) -> list[int]:
        """Numbers of the likeliest word pieces, with those of begin and end."""
        marked = "".join(f"\u2581{one}" for one in unicodedata.normalize("NFKC", text).split())
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
        for end in range(1, len(marked) + 1):
            ways = [(best[end - 1][0] + self.unlikely, self.packed.unknown, end - 1)]
            for start in range(max(0, end - 16), end):
                number = self.numbers.get(marked[start:end])
                if number is not None:
                    score = float(self.packed.scores[number])
                    ways.append((best[start][0] + score, number, start))
            best.append(max(ways))
        found, at = [], len(marked)
        while at:
            _, number, at = best[at]
            if number != self.packed.unknown or found[-1:] != [
                number
            ]:  # unknown ones in a row: one
                found.append(number)
        return [self.packed.begin, *reversed(found), self.packed.end]

    def _layer(self, x: np.ndarray, at: str) -> np.ndarray:
        query, key, value = (
            self._linear(x, f"{at}{one}").reshape(len(x), self.packed.heads, -1).transpose(1, 0, 2)
            for one in "qkv"
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        flat = mixed.transpose(1, 0, 2).reshape(len(x), -1)
        x = self._normal(x + self._linear(flat, f"{at}ao"), f"{at}aln")
        wide = self._linear(x, f"{at}fi")
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        return self._normal(x + self._linear(wide, f"{at}fo"), f"{at}oln")

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        bias = self.weights[f"{name}.b"]
        return x @ self.weights[f"{name}.w"].reshape(len(bias), -1).T + bias

    def _normal(self, x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * self.weights[f"{name}.w"] + self.weights[f"{name}.b"]
