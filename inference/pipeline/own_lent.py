"""A clinic's weights lent to the child through shared memory: never on a disk in the clear."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from inference.models.own.architectures import first_width
from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard
from inference.pipeline import memory


@dataclass(frozen=True, slots=True)
class Lent:
    """What the child is told of a model: its card, and where its weights lie for now."""

    container: Container
    card: OwnCard
    block: str
    size: int

    def weights(self) -> Content:
        """Return a copy of the weights."""
        block = SharedMemory(self.block)
        try:
            return np.ndarray(self.size, np.uint8, buffer=block.buf).copy()
        finally:
            block.close()


def needed_bytes(card: OwnCard, shape: tuple[int, ...], item_bytes: int) -> int:
    """Return about what asking the model about a series takes at its peak, beside its weights."""
    grid = card.input
    slices, rows, columns = shape
    pixels = grid.side_px**2
    along = max(slices, grid.depth_px)
    at_once = (4 if grid.dimensions == 2 else grid.depth_px) * pixels
    features = at_once * max(first_width(card), 16) * 4 * 6
    answers = along * pixels * 4 * (3 * len(card.output.classes) + 6)
    return 300 * memory.MIB + features + answers + slices * rows * columns * (8 + item_bytes)
