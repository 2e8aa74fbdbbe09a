"""From stored values to grey: the DICOM linear window, and which window to begin with."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.records import WindowLevel

_SAMPLES = 200_000


class Preset(NamedTuple):
    """A window a reader may choose by name."""

    name: str
    window: WindowLevel


def to_gray(
    pixels: NDArray[Any], window: WindowLevel, out: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Return 8-bit grey of the same shape, written into ``out`` if given.

    Integers follow PS3.3 C.11.2.1.2.1 (LINEAR), floats C.11.2.1.3.2 (LINEAR_EXACT), which is
    also used below a width of 2, where LINEAR degenerates. Values that are no numbers are black.
    """
    gray = np.empty(pixels.shape, np.uint8) if out is None else out
    if pixels.dtype.kind in "iu" and pixels.dtype.itemsize <= 2:
        table = _table(pixels.dtype.str, window.centre, window.width)
        unsigned = pixels.view(f"u{pixels.dtype.itemsize}")
        np.take(table, unsigned, out=gray, mode="wrap")
    else:
        gray[...] = _ramp(pixels, window)
    return gray


def default_window(voxels: NDArray[Any], hint: WindowLevel | None = None) -> WindowLevel:
    """The window a series opens with: the header's if it fits the data, else percentiles.

    A header's window more than half as wide again as the data would show a dark, flat picture;
    it stays among the presets. The percentiles 1 and 99.5 are taken over the voxels above the
    smallest value, so that the air around a head does not darken it.
    """
    low, high = _percentiles(voxels, 1.0, 99.5)
    if hint is not None:
        bottom, top = hint.centre - hint.width / 2, hint.centre + hint.width / 2
        overlap = min(top, high) - max(bottom, low)
        if overlap >= 0.5 * (high - low) and hint.width <= 1.5 * (high - low):
            return hint
    return _between(low, high)


def presets(voxels: NDArray[Any], hint: WindowLevel | None = None) -> tuple[Preset, ...]:
    """Windows offered by name; MR has no units, so all are percentiles of these voxels."""
    named = [
        Preset("Standard", _between(*_percentiles(voxels, 1.0, 99.5))),
        Preset("Soft", _between(*_percentiles(voxels, 0.0, 100.0))),
        Preset("Contrast", _between(*_percentiles(voxels, 10.0, 98.0))),
        Preset("Bright lesions", _between(*_percentiles(voxels, 50.0, 99.9))),
    ]
    if hint is not None:
        named.insert(0, Preset("From scanner", hint))
    return tuple(named)


def region_window(values: NDArray[Any]) -> WindowLevel | None:
    """The window that spreads the values of a region over all grays; None where there are none.

    From percentile 1 to 99, so that one odd voxel does not darken the rest. Of equal values the
    window is one stored value wide.
    """
    sample = np.asarray(values, np.float64).reshape(-1)
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return None
    low, high = (float(one) for one in np.percentile(sample, [1.0, 99.0]))
    if low == high:
        return WindowLevel(low, 1.0)
    return _between(low, high)


def small_picture(middle: NDArray[Any], most_px: int) -> NDArray[np.uint8]:
    """A slice (rows, columns) as square gray picture, windowed, at most so many pixels a side.

    Thinned by whole steps and padded with black; voxels that are not square stay so.
    """
    step = max(1, -(-max(middle.shape) // most_px))
    thin = np.ascontiguousarray(middle[::step, ::step])
    gray = to_gray(thin, default_window(thin))
    side = max(gray.shape)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - gray.shape[0]) // 2, (side - gray.shape[1]) // 2
    square[top : top + gray.shape[0], left : left + gray.shape[1]] = gray
    return square


@lru_cache(maxsize=16)
def _table(dtype: str, centre: float, width: float) -> NDArray[np.uint8]:
    kind = np.dtype(dtype)
    unsigned = np.arange(1 << (8 * kind.itemsize), dtype=np.dtype(f"u{kind.itemsize}"))
    return _ramp(unsigned.view(kind.newbyteorder("=")), WindowLevel(centre, width))


def _ramp(pixels: NDArray[Any], window: WindowLevel) -> NDArray[np.uint8]:
    linear = pixels.dtype.kind in "iu" and window.width >= 2
    centre, width = (
        (window.centre - 0.5, window.width - 1) if linear else (window.centre, window.width)
    )
    scaled = (pixels.astype(np.float64) - centre) * (255.0 / width) + 127.5
    np.nan_to_num(scaled, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
    np.clip(scaled, 0.0, 255.0, out=scaled)
    return np.asarray(np.rint(scaled), dtype=np.uint8)


def _percentiles(voxels: NDArray[Any], low: float, high: float) -> tuple[float, float]:
    flat = voxels.reshape(-1)
    sample = flat[:: max(1, flat.size // _SAMPLES)].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return 0.0, 1.0
    above = sample[sample > sample.min()]
    if not above.size:
        return float(sample[0]) - 0.5, float(sample[0]) + 0.5
    bottom, top = np.percentile(above, [low, high])
    if bottom == top:  # two values, e.g. a mask: show both
        bottom = sample.min()
    return float(bottom), float(top)


def _between(low: float, high: float) -> WindowLevel:
    return WindowLevel((low + high) / 2, max(high - low, 1e-6 * max(1.0, abs(high))))
