"""Contours lie where the level is crossed; the colour table rises evenly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.canvas.colours import heat_table
from viewer.canvas.contours import contour_segments


def test_the_contour_of_a_disc_has_its_radius() -> None:
    y, x = np.mgrid[0:80, 0:90]
    distance = np.hypot(x - 40.0, y - 30.0)
    segments = contour_segments(20.0 - distance, 0.0)
    points = segments.reshape(-1, 2)
    radii = np.hypot(points[:, 0] - 40.0, points[:, 1] - 30.0)
    assert np.abs(radii - 20.0).max() < 0.02
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    assert lengths.sum() == pytest.approx(2 * np.pi * 20.0, rel=0.01)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_picture_without_a_crossing_has_no_contour(value: float) -> None:
    assert contour_segments(np.full((9, 9), value), 0.5).shape == (0, 4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_end_inside_the_picture_meets_another(seed: int) -> None:
    picture = np.zeros((12, 12))
    picture[1:-1, 1:-1] = np.random.default_rng(seed).random((10, 10))
    ends = contour_segments(picture, 0.5).reshape(-1, 2)
    _, counts = np.unique(np.round(ends, 3), axis=0, return_counts=True)
    assert (counts % 2 == 0).all()


def test_equal_steps_of_heat_look_equal() -> None:
    linear = heat_table().astype(np.float64) / 255.0
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126729, 0.7151522, 0.0721750])
    lightness = 116.0 * np.cbrt(np.maximum(luminance, 216 / 24389)) - 16.0
    steps = np.diff(lightness[::15])
    assert (steps > 0).all()
    assert steps.max() / steps.min() < 1.35
