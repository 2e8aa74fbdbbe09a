"""Series made for measuring: held-out label maps in every kind, bodies, and harm done to heads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from inference.models.gate_net import KINDS, PIXEL_MM, PLANES
from inference.pipeline.prepare import SCREEN
from inference.training.files import record
from inference.training.gate.bodies import draw_bodies
from inference.training.gate.cases import Case
from inference.training.gate.draw import contrasted
from inference.training.gate.labels import TEST_MAPS, Tissues, on_screen, tissues_of
from inference.training.gate.lesions import embellish
from inference.training.gate.real import regular
from inference.training.gate.spoil import CANVAS_PX, Chance, spoil
from viewer.records import Volume

_SLICES = 18
_MAKERS = 7


def synthetic_cases(data: Path) -> Iterator[Case]:
    """Yield series without tags from the label maps no run is trained on: each kind and plane."""
    generator = np.random.default_rng(99)
    for name in sorted(TEST_MAPS):
        tissues = tissues_of(data / "synthseg_labels" / f"training_seg_{name}.nii.gz")
        for plane in PLANES:
            view = on_screen(tissues, plane)
            filled = np.flatnonzero((view > 0).mean(axis=(1, 2)) > 0.08)
            places = np.linspace(filled[0] + 8, filled[-1] - 8, _SLICES).astype(int)
            pairs = np.ascontiguousarray(
                np.stack([view[places], view[places + 2]], axis=1), dtype=np.uint8
            )
            step_mm = float(places[1] - places[0])
            for kind in KINDS:
                volume = _volume(pairs, kind, plane, step_mm, generator)
                title = f"map {name} {plane} {kind}"
                yield Case(title, "synthetic", record(volume, "", {}), volume, kind)


def body_cases(count: int = 42) -> Iterator[Case]:
    """Yield series of drawn bodies and phantoms, without tags."""
    generator = np.random.default_rng(98)
    bodies = draw_bodies(count, seed=1234)
    for number, pair in enumerate(bodies):
        pairs = np.stack(
            [np.roll(pair, int(k), axis=2) for k in generator.integers(-3, 4, _SLICES)]
        )
        kind = str(generator.choice(KINDS))
        volume = _volume(pairs, kind, "axial", 5.0, generator)
        title = f"body {number % _MAKERS} {kind}"
        yield Case(title, "synthetic body", record(volume, "", {}), volume, "", head=False)


def bare(case: Case) -> Case:
    """Return the case as a file without any tag or telling name."""
    return replace(case, series=record(case.volume, "", {}))


def turned(case: Case, turn: int) -> Case:
    """Return the case with its pictures turned counter-clockwise under an unchanged affine."""
    voxels = np.rot90(case.volume.voxels, turn, axes=(1, 2))
    volume = Volume(np.ascontiguousarray(voxels), case.volume.affine, case.volume.geometry)
    return replace(case, volume=volume, series=record(volume, "", {}))


def thin(case: Case, slices: int = 12, distance_mm: float = 3.0) -> Case:
    """Return the middle slices only, as close together as a pituitary protocol has them."""
    first = (len(case.volume.voxels) - slices) // 2
    affine = case.volume.affine.copy()
    affine[:3, 2] *= distance_mm / case.volume.spacing_mm[2]
    volume = Volume(case.volume.voxels[first : first + slices], affine, case.volume.geometry)
    return replace(case, volume=volume, series=record(volume, "", {}))


def noisy(case: Case, level: float = 0.3) -> Case:
    """Return the case under Rician noise of ``level`` of its bright signal."""
    generator = np.random.default_rng(5)
    voxels = np.asarray(case.volume.voxels, dtype=np.float32)
    size = level * float(np.quantile(voxels, 0.99))
    real = voxels + size * generator.standard_normal(voxels.shape)
    imaginary = size * generator.standard_normal(voxels.shape)
    volume = regular(np.hypot(real, imaginary).astype(np.float32), case.volume.affine)
    return replace(case, volume=volume, series=record(volume, "", {}))


def moving(case: Case, jump_mm: float = 5.0) -> Case:
    """Return the case with every line of k-space taken at another place."""
    generator = np.random.default_rng(6)
    spectrum = np.fft.fft2(np.asarray(case.volume.voxels, dtype=np.float32))
    rows = spectrum.shape[1]
    line = np.fft.fftfreq(rows)[None, :, None]
    pixels = jump_mm / case.volume.spacing_mm[1]
    jump = pixels * generator.standard_normal((len(spectrum), rows, 1))
    spectrum *= np.exp(2j * np.pi * jump * line)
    volume = regular(np.abs(np.fft.ifft2(spectrum)).astype(np.float32), case.volume.affine)
    return replace(case, volume=volume, series=record(volume, "", {}))


def _volume(
    pairs: Tissues, kind: str, plane: str, step_mm: float, generator: np.random.Generator
) -> Volume:
    """Return a series in one contrast: one draw of signals, coil and scanner for all slices."""
    seed = int(generator.integers(2**31))
    lesion = int(generator.integers(2**31))
    pictures = np.stack(
        [
            contrasted(
                embellish(pair, np.random.default_rng(lesion)), kind, np.random.default_rng(seed)
            )
            for pair in pairs
        ]
    )
    chance = Chance(seed, len(pictures), alike=True)
    coarse = torch.full((len(pictures),), float(kind in {"DWI", "ADC"}))
    images, _ = spoil(torch.from_numpy(pictures), coarse, chance)
    across, down = (np.array(axis) for axis in SCREEN[plane])
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = across * PIXEL_MM, down * PIXEL_MM
    affine[:3, 2] = np.cross(across, down) * step_mm
    affine[:3, 3] = -affine[:3, :3] @ (CANVAS_PX / 2, CANVAS_PX / 2, len(pairs) / 2)
    return regular((images.numpy() * 1000).astype(np.int16), affine)
