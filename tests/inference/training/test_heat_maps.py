"""The check with random weights asks about a dozen slices, each by the network's own outline."""

from __future__ import annotations

import numpy as np
import pytest

from inference.errors import InferenceError
from inference.training import heat_maps
from inference.training.heat_maps import CHECKED, outlined_slices

SIDE = 16


def marks(networks: object, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A network that marks what is bright as meningioma."""
    outline = np.zeros((len(images), 4, SIDE, SIDE), dtype=np.float32)
    outline[:, 1] = np.where(images > 0.5, 1, -1)
    return outline, np.zeros((len(images), 4), dtype=np.float32)


def slices(bright: int, dark: int) -> np.ndarray:
    images = np.zeros((bright + dark, SIDE, SIDE), dtype=np.float32)
    images[dark:, 4:10, 4:10] = 1
    return images


def test_a_dozen_slices_are_checked_by_what_the_network_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heat_maps, "mirrored_logits", marks)
    images, regions = outlined_slices((), slices(bright=20, dark=7))
    assert len(images) == CHECKED >= 12
    assert np.array_equal(regions, images > 0.5)
    again, _ = outlined_slices((), slices(bright=20, dark=7))
    assert np.array_equal(images, again)


def test_too_few_marked_slices_make_no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat_maps, "mirrored_logits", marks)
    with pytest.raises(InferenceError, match="only 3"):
        outlined_slices((), slices(bright=3, dark=20))
