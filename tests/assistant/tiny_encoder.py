"""A tiny encoder of the packed kind, of seeded noise, as bytes."""

from __future__ import annotations

import struct

import numpy as np

WIDTH, INNER, LAYERS, HEADS, POSITIONS = 32, 64, 1, 2, 16
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "\u2581", "a", "\u2581a", "<mask>")


def tiny_encoder() -> bytes:
    """The whole file, with a row more of words than there are pieces."""
    noise = np.random.default_rng(1)
    words = [one.encode() for one in PIECES]
    starts = np.cumsum([0, *map(len, words)]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    head = b"E5S1" + struct.pack(
        "<I7ifi5iQ", 1, WIDTH, LAYERS, HEADS, INNER, len(PIECES) + 1, POSITIONS, 2, 1e-12, 32,
        len(PIECES), 0, 2, 1, 3, int(starts[-1]),
    )  # fmt: skip
    head += starts.tobytes() + scores.tobytes() + b"".join(words) + struct.pack("<iI", 0, 0)
    tensors = dict(_tensors(noise))
    entries = sum(2 + len(name) + 21 for name in tensors)
    start = len(head) + 4 + entries
    directory, body = struct.pack("<i", len(tensors)), b""
    for name, (kind, count, data) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, start + len(body), len(data))
        body += data
    return head + directory + body


def _tensors(noise):
    yield "emb.word", _four_bits(noise, (len(PIECES) + 1) * WIDTH)
    for name, count in (("pos", POSITIONS * WIDTH), ("type", 2 * WIDTH), ("ln.w", WIDTH)):
        yield f"emb.{name}", _exact(noise, count)
    yield "emb.ln.b", _exact(noise, WIDTH)
    for name, rows, columns in (
        ("q", WIDTH, WIDTH), ("k", WIDTH, WIDTH), ("v", WIDTH, WIDTH), ("ao", WIDTH, WIDTH),
        ("fi", INNER, WIDTH), ("fo", WIDTH, INNER),
    ):  # fmt: skip
        yield f"l0.{name}.w", _four_bits(noise, rows * columns)
        yield f"l0.{name}.b", _exact(noise, rows)
    for name in ("aln.w", "aln.b", "oln.w", "oln.b"):
        yield f"l0.{name}", _exact(noise, WIDTH)


def _exact(noise, count):
    return 0, count, noise.normal(size=count).astype("<f4").tobytes()


def _four_bits(noise, count):
    blocks = count // 32
    scales = noise.uniform(0.01, 0.1, (blocks, 1)).astype("<f2").view(np.uint8)
    numbers = noise.integers(0, 256, (blocks, 16), dtype=np.uint8)
    return 1, count, np.concatenate([scales, numbers], axis=1).tobytes()
