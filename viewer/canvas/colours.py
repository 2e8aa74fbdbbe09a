"""The canvas's own painting constants and the heat map's colour table. No Qt, no theme.

The image area looks the same in every theme: black, with these few colours on it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

TEXT: Final = (214, 220, 228)
FAINT_TEXT: Final = (150, 158, 168)
SHADOW: Final = (0, 0, 0)
SEAM: Final = (38, 42, 48)
CROSSHAIR: Final = (88, 196, 221)
FINDING: Final = (250, 158, 41)
SELECTED_FINDING: Final = (255, 226, 92)
ANNOTATION: Final = (122, 214, 140)
SELECTED_ANNOTATION: Final = (186, 255, 160)
CONTOUR: Final = (222, 98, 160)
FOCUS: Final = (120, 170, 255)
WARNING: Final = (255, 186, 73)
LABELS: Final = (
    (250, 158, 41),
    (96, 186, 255),
    (226, 116, 176),
    (132, 214, 120),
    (236, 222, 96),
    (176, 148, 255),
    (92, 214, 198),
    (238, 108, 92),
)
"""Labels of a label map by value from 1 on; the first is that of a finding."""
PATIENTS: Final = ((88, 166, 255), (240, 136, 62), (122, 201, 122), (214, 120, 214))
"""Frames of views when several patients are on the screen at once."""

_LIGHTNESS = (12.0, 95.0)
_HEAT_DEGREES = (305.0, 445.0)
_COOL_DEGREES = (300.0, 150.0)
_CHROMA = (38.0, 62.0, 28.0)
_D65 = (0.95047, 1.0, 1.08883)
_XYZ_TO_RGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)


@cache
def heat_table() -> NDArray[np.uint8]:
    """256 RGB colours from dark violet over orange to pale yellow, shape (256, 3).

    Made in CIE L*a*b* (CIE 015:2018) with lightness rising by equal steps, so that equal steps of
    the map look equal and the order survives colour blindness and gray printing.
    """
    return _even_table(_HEAT_DEGREES)


@cache
def cool_table() -> NDArray[np.uint8]:
    """256 RGB colours from dark blue over teal to pale green, made like the heat map's."""
    return _even_table(_COOL_DEGREES)


def _even_table(hues: tuple[float, float]) -> NDArray[np.uint8]:
    t = np.linspace(0.0, 1.0, 256)
    lightness = _LIGHTNESS[0] + (_LIGHTNESS[1] - _LIGHTNESS[0]) * t
    hue = np.radians(hues[0] + (hues[1] - hues[0]) * t)
    chroma = np.interp(t, (0.0, 0.5, 1.0), _CHROMA)
    rgb = np.zeros((256, 3))
    for row in range(256):
        rgb[row] = _in_gamut(lightness[row], chroma[row], hue[row])
    return np.round(rgb * 255.0).astype(np.uint8)


def _in_gamut(lightness: float, chroma: float, hue: float) -> NDArray[np.float64]:
    """The sRGB colour of that lightness and hue, with as much of the chroma as a screen has."""
    for share in np.linspace(1.0, 0.0, 41):
        rgb = _lab_to_srgb(lightness, share * chroma * np.cos(hue), share * chroma * np.sin(hue))
        if rgb.min() >= 0.0 and rgb.max() <= 1.0:
            return rgb
    return np.clip(rgb, 0.0, 1.0)


def _lab_to_srgb(lightness: float, a: float, b: float) -> NDArray[np.float64]:
    """Components of sRGB (IEC 61966-2-1), outside 0..1 where no screen can show the colour."""
    f_y = (lightness + 16.0) / 116.0
    f = np.array([f_y + a / 500.0, f_y, f_y - b / 200.0])
    xyz = np.where(f > 6.0 / 29.0, f**3, 3.0 * (6.0 / 29.0) ** 2 * (f - 4.0 / 29.0))
    linear = np.array(_XYZ_TO_RGB) @ (xyz * np.array(_D65))
    bent = 1.055 * np.power(np.maximum(linear, 0.0), 1.0 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, bent), dtype=np.float64)
