"""Pictures that are no head: limbs, spines, trunks, phantoms and nonsense, drawn at random.

No licensed MR of other body parts was at hand, so these are schematic: layers of the tissues
such parts hold, in shapes such parts have, under the same sequences as the heads.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.training.gate.labels import EDGE, Tissues
from inference.training.gate.tissues import INDEX

Mask = NDArray[np.bool_]
Field = NDArray[np.float32]
_Y, _X = np.meshgrid(np.arange(EDGE) - EDGE / 2, np.arange(EDGE) - EDGE / 2, indexing="ij")


def draw_bodies(count: int, seed: int) -> Tissues:
    """Return ``count`` pictures without a head as (n, 2, 256, 256) tissue numbers."""
    generator = np.random.default_rng(seed)
    makers: tuple[Callable[[np.random.Generator], Tissues], ...] = (
        _limb_across,
        _limb_along,
        _spine,
        _trunk,
        _organs,
        _phantom,
        _nonsense,
        _little,
    )
    pictures = []
    for number in range(count):
        drawn = makers[number % len(makers)](generator)
        shift = generator.integers(-12, 13, 2)
        drawn = np.roll(drawn, tuple(shift), (0, 1))
        if generator.random() < 0.5:
            drawn = np.rot90(drawn, int(generator.integers(0, 4)))
        moved = np.roll(drawn, tuple(generator.integers(-2, 3, 2)), (0, 1))
        pictures.append(np.stack([drawn, moved]))
    return np.ascontiguousarray(np.stack(pictures), dtype=np.uint8)


def _smooth(generator: np.random.Generator, sigma: float) -> Field:
    """Return a smooth random field of standard deviation 1."""
    small = max(4, int(EDGE / sigma))
    field = ndimage.zoom(generator.standard_normal((small, small)), EDGE / small, order=1)
    field = field[:EDGE, :EDGE] - field.mean()
    return np.asarray(field / (field.std() + 1e-6), dtype=np.float32)


def _blob(
    generator: np.random.Generator,
    centre: tuple[float, float],
    radii: tuple[float, float],
    wobble: float = 0.08,
) -> Field:
    """Return how far inside (negative) or outside a wobbly ellipse each pixel lies, in radii."""
    angle = generator.uniform(0, np.pi)
    y, x = _Y - centre[0], _X - centre[1]
    turned = np.arctan2(y / radii[0], x / radii[1])
    wave = sum(
        generator.standard_normal() * np.cos(order * turned + angle * order) / order
        for order in (2, 3, 5)
    )
    distance = np.hypot(y / radii[0], x / radii[1])
    return np.asarray(distance - 1 - wobble * wave, dtype=np.float32)


def _paint(picture: Tissues, where: Mask, name: str) -> None:
    picture[where] = INDEX[name]


def _bone(picture: Tissues, blob: Field, rim: float) -> None:
    _paint(picture, blob < 0, "bone")
    _paint(picture, blob < -rim, "marrow")


def _flesh(generator: np.random.Generator, picture: Tissues, outer: Field, fat: float) -> None:
    """Paint skin, fat and muscle with fatty septa inside ``outer``."""
    _paint(picture, outer < 0, "skin")
    _paint(picture, outer < -0.03, "fat")
    inside = outer < -fat
    _paint(picture, inside, "muscle")
    septa = np.abs(_smooth(generator, generator.uniform(12, 30))) < generator.uniform(0.03, 0.12)
    _paint(picture, inside & septa, "fat")


def _dots(generator: np.random.Generator, picture: Tissues, name: str, count: int) -> None:
    inside = np.argwhere(picture == INDEX["muscle"])
    if not len(inside):
        return
    for y, x in inside[generator.integers(0, len(inside), count)]:
        radius = generator.uniform(1.5, 5)
        _paint(picture, np.hypot(_Y + EDGE / 2 - y, _X + EDGE / 2 - x) < radius, name)


def _limb_across(generator: np.random.Generator) -> Tissues:
    picture = np.zeros((EDGE, EDGE), dtype=np.uint8)
    radius = generator.uniform(35, 95)
    outer = _blob(generator, (0, 0), (radius, radius * generator.uniform(0.8, 1.25)))
    _flesh(generator, picture, outer, generator.uniform(0.08, 0.4))
    for _ in range(generator.integers(1, 3)):
        centre = tuple(radius * generator.uniform(-0.45, 0.45, 2))
        size = radius * generator.uniform(0.14, 0.55)
        bone = _blob(generator, (centre[0], centre[1]), (size, size * generator.uniform(0.8, 1.3)))
        _bone(picture, bone, generator.uniform(0.06, 0.45))
    _dots(generator, picture, "artery", 3)
    _dots(generator, picture, "vein", 3)
    return picture


def _limb_along(generator: np.random.Generator) -> Tissues:
    picture = np.zeros((EDGE, EDGE), dtype=np.uint8)
    width = generator.uniform(40, 85)
    waist = width * (1 + 0.25 * np.sin(_Y / generator.uniform(30, 90) + generator.uniform(0, 6)))
    bend = generator.uniform(-0.3, 0.3) * _Y
    outer = (np.abs(_X - bend) / waist - 1).astype(np.float32)
    _flesh(generator, picture, outer, generator.uniform(0.1, 0.35))
    gap = generator.uniform(-25, 25)
    shaft, knob = width * generator.uniform(0.15, 0.3), width * generator.uniform(0.4, 0.75)
    away = np.abs(_Y - gap)
    breadth = shaft + (knob - shaft) * np.exp(-(((away - 12) / generator.uniform(20, 35)) ** 2))
    bone = ((np.abs(_X - bend) / breadth) - 1).astype(np.float32)
    joint = away < generator.uniform(3, 7)
    _bone(picture, bone, generator.uniform(0.06, 0.2))
    _paint(picture, joint & (bone < 0.1), "cartilage")
    _paint(picture, (away < 2) & (bone < 0.2), "fluid")
    if generator.random() < 0.6:
        cap = _blob(generator, (gap - 18, width * 0.8), (20, 9))
        _bone(picture, cap, 0.2)
    _dots(generator, picture, "artery", 4)
    return picture


def _spine(generator: np.random.Generator) -> Tissues:
    picture = np.full((EDGE, EDGE), INDEX["muscle"], dtype=np.uint8)
    curve = 14 * np.sin(_Y / generator.uniform(45, 90) + generator.uniform(0, 6))
    x = _X - curve + generator.uniform(-20, 20)
    height, depth = generator.uniform(16, 32), generator.uniform(9, 18)
    phase = np.mod(_Y + generator.uniform(0, 30), height) / height
    _paint(picture, _smooth(generator, 18) > 0.6, "fat")
    _paint(picture, np.abs(x) < depth, "cartilage")
    body = (np.abs(x) < depth) & (phase > 0.22)
    _paint(picture, body, "bone")
    _paint(picture, (np.abs(x) < depth - 1.5) & (phase > 0.27) & (phase < 0.95), "marrow")
    canal = (x > depth) & (x < depth + 15)
    _paint(picture, canal, "cerebrospinal fluid")
    _paint(picture, np.abs(x - depth - 7) < generator.uniform(2.5, 4.5), "cord")
    spinous = (x > depth + 17) & (x < depth + 45) & (phase > 0.4)
    _paint(picture, spinous & (generator.random() < 0.7), "marrow")
    back = generator.uniform(60, 95)
    _paint(picture, x > back - 15, "fat")
    _paint(picture, x > back, "air")
    _paint(picture, x < -generator.uniform(60, 110), "air")
    return picture


def _trunk(generator: np.random.Generator) -> Tissues:
    picture = np.zeros((EDGE, EDGE), dtype=np.uint8)
    size = generator.uniform(75, 130)
    outer = _blob(generator, (0, 0), (size, size * generator.uniform(1.2, 1.5)), 0.04)
    _paint(picture, outer < 0, "fat")
    wall, inner = generator.uniform(0.08, 0.3), outer + generator.uniform(0.12, 0.35)
    _paint(picture, outer < -wall, "muscle")
    filling = str(generator.choice(["fat", "air", "muscle"]))
    _paint(picture, inner < 0, filling)
    for name in ("liver", "liver", "muscle", "fluid", "air", "fluid"):
        centre = (size * generator.uniform(-0.55, 0.5), size * generator.uniform(-0.9, 0.9))
        radii = (size * generator.uniform(0.1, 0.5), size * generator.uniform(0.1, 0.5))
        _paint(picture, (_blob(generator, centre, radii, 0.15) < 0) & (inner < 0), name)
    for side in (-1, 1):
        kidney = _blob(generator, (0.35 * size, side * 0.6 * size), (24, 15))
        _paint(picture, kidney < 0, "cortex")
        _paint(picture, kidney < -0.6, "fluid")
    vertebra = _blob(generator, (0.55 * size, 0), (17, 21), 0.04)
    _bone(picture, vertebra, 0.1)
    _paint(picture, np.hypot(_Y - 0.55 * size - 26, _X) < 9, "cerebrospinal fluid")
    _paint(picture, np.hypot(_Y - 0.55 * size - 26, _X) < 4, "cord")
    _paint(picture, np.hypot(_Y - 0.3 * size, _X + 8) < generator.uniform(7, 13), "artery")
    _paint(picture, np.hypot(_Y - 0.3 * size, _X - 16) < generator.uniform(7, 13), "vein")
    return picture


def _organs(generator: np.random.Generator) -> Tissues:
    """Any part: a wobbly outline (or none) filled with blobs of any tissue."""
    picture = np.zeros((EDGE, EDGE), dtype=np.uint8)
    size = generator.uniform(45, 150)
    outer = _blob(generator, (0, 0), (size, size * generator.uniform(0.6, 1.6)), 0.15)
    _flesh(generator, picture, outer, generator.uniform(0.05, 0.5))
    names = ("muscle", "fat", "marrow", "liver", "fluid", "bone", "cartilage", "artery", "mucosa")
    for _ in range(generator.integers(3, 14)):
        centre = tuple(size * generator.uniform(-0.8, 0.8, 2))
        radii = tuple(size * generator.uniform(0.05, 0.45, 2))
        blob = _blob(generator, (centre[0], centre[1]), (radii[0], radii[1]), 0.2)
        _paint(picture, (blob < 0) & (outer < -0.08), str(generator.choice(names)))
    return picture


def _phantom(generator: np.random.Generator) -> Tissues:
    picture = np.zeros((EDGE, EDGE), dtype=np.uint8)
    size = generator.uniform(45, 115)
    square = generator.random() < 0.3
    far = np.maximum(np.abs(_Y), np.abs(_X)) if square else np.hypot(_Y, _X * 1.0)
    filling = str(generator.choice(["fluid", "marrow", "liver", "cortex", "fat"]))
    _paint(picture, far < size, filling)
    if generator.random() < 0.4:
        step = generator.uniform(8, 24)
        lines = (np.mod(_Y, step) < 2) | (np.mod(_X, step) < 2)
        _paint(picture, lines & (far < 0.8 * size), "air")
    others = ("air", "fluid", "fat", "artery", "bone", "muscle")
    count = int(generator.integers(0, 12))
    ring = generator.uniform(0.3, 0.7) * size
    for number in range(count):
        angle = 2 * np.pi * number / count
        spot = np.hypot(_Y - ring * np.sin(angle), _X - ring * np.cos(angle))
        _paint(picture, spot < generator.uniform(2, 0.2 * size), str(generator.choice(others)))
    if generator.random() < 0.3:
        bars = (np.abs(_Y) < 0.3 * size) & (np.mod(_X, generator.uniform(4, 14)) < 3)
        _paint(picture, bars & (far < 0.6 * size), "air")
    return picture


def _little(generator: np.random.Generator) -> Tissues:
    """Next to nothing: an empty picture, a few spots, a bar, a patch of one value."""
    picture = np.zeros((EDGE, EDGE), dtype=np.uint8)
    for _ in range(generator.integers(0, 4)):
        centre = generator.uniform(-90, 90, 2)
        radii = generator.uniform(2, 24, 2)
        name = str(generator.choice(["fat", "muscle", "fluid", "mass", "bone"]))
        _paint(picture, _blob(generator, (centre[0], centre[1]), (radii[0], radii[1])) < 0, name)
    if generator.random() < 0.2:
        _paint(picture, np.abs(_Y - generator.uniform(-80, 80)) < generator.uniform(1, 60), "fat")
    return picture


def _nonsense(generator: np.random.Generator) -> Tissues:
    """Smooth random regions, in an ellipse of a head's size half of the time."""
    field = _smooth(generator, generator.uniform(6, 60))
    cuts = np.sort(generator.standard_normal(int(generator.integers(2, 9))))
    regions = np.digitize(field, cuts)
    numbers = generator.integers(1, len(INDEX), len(cuts) + 1)
    picture = numbers[regions].astype(np.uint8)
    if generator.random() < 0.6:
        radii = tuple(generator.uniform(40, 110, 2))
        outer = _blob(generator, (0, 0), (radii[0], radii[1]))
        picture[outer >= 0] = 0
        rim = (outer < 0) & (outer > -0.08)
        picture[rim & (generator.random() < 0.5)] = INDEX["fat"]
    return picture
