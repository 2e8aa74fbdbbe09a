"""Cuts as pictures for paper: gray, an outline, a heat map, the letters of the sides."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.canvas.colours import heat_table
from viewer.geometry.planes import Plane, orientation_letters
from viewer.geometry.reslice import Interpolation, Reslicer
from viewer.geometry.window import default_window, to_gray
from viewer.records import Series, Volume, WindowLevel

SIDE_PX = 640
OUTLINE = (255, 176, 0)
HEAT_FROM = 0.3
"""Heat below this share of the map's maximum is left clear, as on the screen."""
_HEAT_OPACITY = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A picture with the plane it shows, so that other grids can be cut alike."""

    rgb: NDArray[np.uint8]
    plane: Plane
    step_mm: float
    affine: NDArray[np.float64]


def framed(volume: Volume, plane: Plane, series: Series, window: WindowLevel | None) -> Cut:
    """Return the cut of a plane, the whole series in the frame, with the letters of the sides."""
    extent_mm = max(
        size * step
        for size, step in zip(
            series.shape,
            (series.spacing_mm[2], series.spacing_mm[1], series.spacing_mm[0]),
            strict=True,
        )
    )
    step_mm = extent_mm / SIDE_PX
    pixels = Reslicer(volume.voxels, volume.affine).cut(plane, SIDE_PX, SIDE_PX, step_mm)
    gray = to_gray(pixels, window or default_window(volume.voxels, series.window))
    rgb = np.repeat(gray[..., None], 3, axis=2).astype(np.uint8)
    return Cut(_lettered(rgb, plane), plane, step_mm, volume.affine)


def with_outline(cut: Cut, inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the cut with the edge of a mask drawn on it."""
    flat = Reslicer(inside.astype(np.uint8), cut.affine).cut(
        cut.plane, SIDE_PX, SIDE_PX, cut.step_mm, interpolation=Interpolation.NEAREST
    )
    drawn = cut.rgb.copy()
    edge = _edge(flat > 0)
    for axis in (0, 1):
        edge |= np.roll(edge, 1, axis)
    drawn[edge] = OUTLINE
    return drawn


def with_heat(cut: Cut, heat: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return the cut with a heat map (0..1) over it, clear below the threshold."""
    flat = Reslicer(heat.astype(np.float32), cut.affine).cut(
        cut.plane, SIDE_PX, SIDE_PX, cut.step_mm
    )
    share = np.clip(flat, 0.0, 1.0)
    colour = heat_table()[np.round(share * 255).astype(np.uint8)]
    alpha = np.where(share >= HEAT_FROM, _HEAT_OPACITY, 0.0)[..., None]
    mixed: NDArray[np.uint8] = np.round(cut.rgb * (1 - alpha) + colour * alpha).astype(np.uint8)
    return mixed


def png(rgb: NDArray[np.uint8]) -> bytes:
    """Return a picture as PNG bytes."""
    target = io.BytesIO()
    Image.fromarray(rgb).save(target, "PNG")
    return target.getvalue()


def _lettered(rgb: NDArray[np.uint8], plane: Plane) -> NDArray[np.uint8]:
    """Paint the letters of the four edges, so that no picture leaves without its sides."""
    picture = Image.fromarray(rgb)
    brush = ImageDraw.Draw(picture)
    font_file = files("resources") / "fonts" / "OpenSans-Semibold.ttf"
    with as_file(font_file) as path:
        font = ImageFont.truetype(str(path), 22)
    letters, middle, edge = orientation_letters(plane), SIDE_PX // 2, SIDE_PX - 6
    for text, place, anchor in (
        (letters.left, (6, middle), "lm"),
        (letters.right, (edge, middle), "rm"),
        (letters.top, (middle, 6), "mt"),
        (letters.bottom, (middle, edge), "mb"),
    ):
        brush.text(
            place,
            text,
            fill=(214, 220, 228),
            font=font,
            anchor=anchor,
            stroke_width=2,
            stroke_fill=(0, 0, 0),
        )
    return np.asarray(picture, dtype=np.uint8).copy()


def _edge(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of a mask that touch a pixel outside it."""
    core = inside.copy()
    for axis in (0, 1):
        for step in (1, -1):
            core &= np.roll(inside, step, axis)
    edge: NDArray[np.bool_] = inside & ~core
    return edge
