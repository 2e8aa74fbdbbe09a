"""Passages as points of meaning: shipped for the shipped ones, so that nobody waits for them.

``python -m assistant.knowledge.vectors FOLDER`` writes the shipped file anew; FOLDER is where the
embedder keeps its model.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.ports import Embedder
from assistant.records import Passage

MEANT = "en"
"""The language the embedder knows."""
DIMENSIONS = 384
_FILE = "vectors.npz"
_OUT = Path(__file__).parents[2] / "resources" / "knowledge" / _FILE


def wording(passage: Passage) -> str:
    """What is embedded of a passage."""
    return f"{passage.title}. {passage.text}"


def digest(passage: Passage) -> str:
    """The name of a passage's point: it changes with its wording."""
    return hashlib.sha256(wording(passage).encode()).hexdigest()[:32]


def embedded(passages: Sequence[Passage], embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """Points of passages by digest; asks the embedder only if there are any."""
    if not passages:
        return {}
    points = embedder.embed([wording(one) for one in passages])
    return {digest(one): point for one, point in zip(passages, points, strict=True)}


def packed(passages: Sequence[Passage], embedder: Embedder) -> str:
    """Points of passages in order, small enough to keep beside them."""
    if not passages:
        return ""
    points = embedder.embed([wording(one) for one in passages])
    return base64.b64encode(points.astype("<f2").tobytes()).decode()


def unpacked(points: str, passages: Sequence[Passage]) -> dict[str, NDArray[np.float32]]:
    """Packed points by digest; none where they do not fit the passages."""
    flat = np.frombuffer(base64.b64decode(points), "<f2").astype(np.float32)
    if not passages or flat.size != len(passages) * DIMENSIONS:
        return {}
    rows = flat.reshape(len(passages), DIMENSIONS)
    return {digest(one): row for one, row in zip(passages, rows, strict=True)}


@cache
def shipped_vectors() -> Mapping[str, NDArray[np.float32]]:
    """The points that ship, by digest."""
    file = resources.files("resources.knowledge").joinpath(_FILE)
    with file.open("rb") as opened, np.load(opened) as found:
        points = found["points"].astype(np.float32)
        return dict(zip(found["digests"].tolist(), points, strict=True))


def main() -> int:
    """Embed every shipped passage of the embedder's language and write the file."""
    from assistant.engine.embedding import EmbeddingProcess  # noqa: PLC0415 - the command only
    from assistant.knowledge.shipped import licensed, searched  # noqa: PLC0415 - as above

    embedder = EmbeddingProcess(Path(sys.argv[1]))
    try:
        found = embedded((*searched(MEANT), *licensed()), embedder)
    finally:
        embedder.close()
    points = np.stack(list(found.values())).astype(np.float16)
    np.savez(_OUT, digests=np.array(list(found)), points=points)
    sys.stdout.write(f"{len(found)} points in {_OUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
