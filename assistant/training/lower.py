"""The exemplars as the untuned layers of the encoder see them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from torch import Tensor

from assistant.engine.e5 import kept_pieces, write_tuned
from assistant.engine.embedding_worker import pieces_of
from assistant.engine.packed_encoder import PackedEncoder
from assistant.training.network import lower_output
from assistant.training.tuning import FIRST_TUNED


def lower_of(packed: PackedEncoder, texts: list[str]) -> list[Tensor]:
    """Output of the untuned layers for each text, (pieces, width); split as llama.cpp splits."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "untuned.gguf"
        with path.open("wb") as file:
            write_tuned(file, packed, {})
        pieces = pieces_of(path, texts)
    kept = kept_pieces(packed)
    return lower_output(packed, [[kept[one] for one in text] for text in pieces], FIRST_TUNED)
