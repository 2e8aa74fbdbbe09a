"""ONNX files written by hand, field by field: a 1x1 convolution, and everything that is wrong."""

from __future__ import annotations

import numpy as np


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensor(name: str, dims: tuple[int, ...], values: np.ndarray, extra: bytes = b"") -> bytes:
    head = b"".join(field(1, one) for one in dims) + field(2, 1) + field(8, name)
    return head + field(9, values.astype("<f4").tobytes()) + extra


def picture(name: str, sizes: tuple[int | str, ...]) -> bytes:
    """A ValueInfo of float32; a text stands for any size."""
    dims = b"".join(
        field(1, field(1, one) if isinstance(one, int) else field(2, one)) for one in sizes
    )
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def onnx(
    *,
    operator: str = "Conv",
    domain: str = "",
    opset: int = 17,
    own_domain: str = "",
    side: int | str = 64,
    weight: float = 8.0,
    external: bool = False,
    subgraph: bool = False,
) -> bytes:
    """A convolution that answers background where it is dark and its second class where bright."""
    weights = np.array([0.0, weight])
    place = field(13, field(1, "location") + field(2, "../../etc/passwd")) + field(14, 1)
    kernel = tensor("w", (2, 1, 1, 1), weights, place if external else b"")
    bias = tensor("b", (2,), np.array([0.0, -weight / 2]))
    attribute = field(5, field(1, "body") + field(6, b"") + field(20, 5)) if subgraph else b""
    node = field(1, "x") + field(1, "w") + field(1, "b") + field(2, "y") + field(4, operator)
    node += (field(7, domain) if domain else b"") + attribute
    graph = field(1, node) + field(2, "g") + field(5, kernel) + field(5, bias)
    graph += field(11, picture("x", ("n", 1, side, side)))
    graph += field(12, picture("y", ("n", 2, side, side)))
    own = field(8, field(1, own_domain) + field(2, 1)) if own_domain else b""
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, opset)) + own
