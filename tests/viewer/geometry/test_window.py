from __future__ import annotations

import numpy as np
import pytest

from viewer.geometry.window import default_window, presets, region_window, to_gray
from viewer.records import WindowLevel


def by_the_standard(value: float, centre: float, width: float) -> float:
    """PS3.3 C.11.2.1.2.1, word for word."""
    if value <= centre - 0.5 - (width - 1) / 2:
        return 0.0
    if value > centre - 0.5 + (width - 1) / 2:
        return 255.0
    return ((value - (centre - 0.5)) / (width - 1) + 0.5) * 255.0


def test_grey_follows_the_standard_for_every_value():
    values = np.arange(-3000, 3000, dtype=np.int16).reshape(60, 100)
    gray = to_gray(values, WindowLevel(40, 400))
    expected = np.vectorize(lambda v: by_the_standard(float(v), 40, 400))(values)
    assert np.abs(gray.astype(float) - expected).max() <= 0.5 + 1e-9


def test_all_types_agree_on_the_same_numbers():
    values = np.arange(0, 250).reshape(10, 25)
    pictures = [
        to_gray(values.astype(kind), WindowLevel(100, 120))
        for kind in (np.uint8, np.uint16, np.int16, np.int32, np.uint32)
    ]
    assert all(np.array_equal(pictures[0], other) for other in pictures)


def test_grey_is_written_where_it_is_asked_for():
    out = np.zeros((2, 2), np.uint8)
    assert to_gray(np.full((2, 2), 5000, np.int16), WindowLevel(0, 10), out) is out
    assert (out == 255).all()


def test_values_that_are_no_numbers_are_black():
    gray = to_gray(np.array([[np.nan, 1.0]], np.float32), WindowLevel(0.5, 1.0))
    assert gray.tolist() == [[0, 255]]


def test_the_header_window_wins_when_it_meets_the_data():
    voxels = np.linspace(0, 1000, 5000).astype(np.int16).reshape(5, 10, 100)
    assert default_window(voxels, WindowLevel(500, 900)) == WindowLevel(500, 900)


def test_a_header_window_beside_the_data_is_ignored():
    voxels = np.linspace(0, 1000, 5000).astype(np.int16).reshape(5, 10, 100)
    assert default_window(voxels, WindowLevel(90_000, 10)) != WindowLevel(90_000, 10)


def test_a_blank_volume_still_has_a_window():
    assert default_window(np.zeros((2, 3, 4), np.int16)).width > 0
    assert all(preset.window.width > 0 for preset in presets(np.zeros((2, 3, 4), np.float32)))


def test_a_region_spreads_over_all_grays_but_for_its_oddest_voxels() -> None:
    values = np.arange(1000, 2001).astype(np.int16)
    values[0], values[-1] = -30_000, 30_000
    window = region_window(values)
    assert window is not None
    assert window.centre == pytest.approx(1500.0, abs=1.0)
    assert window.width == pytest.approx(980.0, abs=2.0)


def test_a_flat_region_has_a_window_and_an_empty_one_none() -> None:
    assert region_window(np.full(9, 7, np.uint8)) == WindowLevel(7.0, 1.0)
    assert region_window(np.empty(0)) is None
    assert region_window(np.array([np.nan, np.inf])) is None


def test_a_series_of_two_values_shows_both() -> None:
    window = default_window(np.array([[[0, 0, 900, 0]]], np.int16))
    gray = to_gray(np.array([[0, 900]], np.int16), window)
    assert gray[0, 0] < 10
    assert gray[0, 1] > 245
