"""A tiny language model with random weights, as a GGUF file: it loads, and says no sense."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.engine.gguf import Value, write_gguf

_WIDTH, _HEADS, _HIDDEN, _CONTEXT = 32, 4, 64, 2048
CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}{% endfor %}"


def _letters() -> list[str]:
    """The 256 bytes as the byte-level vocabularies write them."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [one for one in range(256) if one not in plain]
    shown = {byte: chr(byte) for byte in plain}
    shown |= {byte: chr(256 + number) for number, byte in enumerate(others)}
    return [shown[byte] for byte in range(256)]


def put_tiny(path: Path, *, seed: int = 1, **changed: Value) -> Path:
    """Write the model; fields may be changed, or left out by an empty text."""
    words = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *_letters(), "he"]
    fields: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "Tiny",
        "general.license": "apache-2.0",
        "llama.block_count": 1,
        "llama.context_length": _CONTEXT,
        "llama.embedding_length": _WIDTH,
        "llama.feed_forward_length": _HIDDEN,
        "llama.attention.head_count": _HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": words,
        "tokenizer.ggml.token_type": [3, 3, 3, *([1] * (len(words) - 3))],
        "tokenizer.ggml.merges": ["h e"],
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.chat_template": CHATML,
    }
    fields |= {key.replace("__", "."): value for key, value in changed.items()}
    dice = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return (dice.standard_normal(shape) * 0.1).astype(np.float32)

    tensors = {
        "token_embd.weight": some(len(words), _WIDTH),
        "output_norm.weight": np.ones(_WIDTH, np.float32),
        "blk.0.attn_norm.weight": np.ones(_WIDTH, np.float32),
        "blk.0.ffn_norm.weight": np.ones(_WIDTH, np.float32),
        **{f"blk.0.attn_{name}.weight": some(_WIDTH, _WIDTH) for name in ("q", "k", "v", "output")},
        "blk.0.ffn_gate.weight": some(_HIDDEN, _WIDTH),
        "blk.0.ffn_up.weight": some(_HIDDEN, _WIDTH),
        "blk.0.ffn_down.weight": some(_WIDTH, _HIDDEN),
    }
    with path.open("wb") as file:
        write_gguf(file, {key: one for key, one in fields.items() if one != ""}, tensors)
    return path
