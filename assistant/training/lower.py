"""Texts as word pieces, split as llama.cpp splits them, and as the untuned layers see them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from assistant.engine.e5 import kept_pieces, write_tuned
from assistant.engine.embedding_worker import MESSAGES, pieces_of
from assistant.engine.packed_encoder import PackedEncoder
from assistant.training.network import lower_output
from assistant.training.tuning import FIRST_TUNED


def split(packed: PackedEncoder, texts: Sequence[str], name: str = MESSAGES) -> list[list[int]]:
    """Numbers of the word pieces of each text, as the encoder ``name`` is given them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "untuned.gguf"
        with path.open("wb") as file:
            write_tuned(file, packed, {})
        pieces = pieces_of(path, texts, name)
    kept = kept_pieces(packed)
    return [[kept[one] for one in text] for text in pieces]


def lower_of(packed: PackedEncoder, texts: Sequence[str]) -> list[Tensor]:
    """Output of the untuned layers for each text, (pieces, width)."""
    return lower_output(packed, split(packed, texts), FIRST_TUNED)
