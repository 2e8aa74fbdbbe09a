"""all-MiniLM-L6-v2 written out in numpy from its weights: what the embedder is held against.

Reads plain English only (no accents). Vaswani et al. 2017; Devlin et al. 2019; mean pooling.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf

_HEADS = 12


class Reference:
    def __init__(self, folder: Path) -> None:
        self.weights = load_file(folder / "model.safetensors")
        pieces = (folder / "vocab.txt").read_text("utf-8").split("\n")[:-1]
        self.numbers = {piece: number for number, piece in enumerate(pieces)}

    def embed(self, text: str) -> np.ndarray:
        pieces = self._pieces(text)
        x = self.weights["embeddings.word_embeddings.weight"][pieces]
        x = x + self.weights["embeddings.position_embeddings.weight"][: len(pieces)]
        x = x + self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self._normal(x, "embeddings.LayerNorm")
        for layer in range(6):
            x = self._layer(x, f"encoder.layer.{layer}.")
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _layer(self, x: np.ndarray, at: str) -> np.ndarray:
        query, key, value = (
            self._linear(x, f"{at}attention.self.{one}")
            .reshape(len(x), _HEADS, -1)
            .transpose(1, 0, 2)
            for one in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        flat = mixed.transpose(1, 0, 2).reshape(len(x), -1)
        x = self._normal(
            x + self._linear(flat, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm"
        )
        wide = self._linear(x, f"{at}intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        return self._normal(x + self._linear(wide, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _normal(self, x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def _pieces(self, text: str) -> list[int]:
        words = re.findall(r"\w+|[^\w\s]", text.lower())
        inner = [number for word in words for number in self._of_word(word)]
        return [self.numbers["[CLS]"], *inner, self.numbers["[SEP]"]]

    def _of_word(self, word: str) -> list[int]:
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            end = next(
                (e for e in range(len(word), start, -1) if mark + word[start:e] in self.numbers), 0
            )
            if not end:
                return [self.numbers["[UNK]"]]
            found.append(self.numbers[mark + word[start:end]])
            start = end
        return found
