"""Slices to the network's grid and back: nothing is mirrored, nothing is stretched."""

from __future__ import annotations

import numpy as np
import pytest

from inference.measure.placing import placing
from inference.pipeline import prepare as preparing
from inference.pipeline.admission import upright
from inference.pipeline.gate import judge
from inference.pipeline.prepare import head_mask, normalise, plane_of, prepare
from tests.inference.builders import AXIAL, SHAPE, head_volume, series_of
from tests.inference.seen_builders import LIMITS, seen_as
from viewer.records import Volume

LESION = (40.0, -30.0, 10.0)


def _spot_on_screen(volume: Volume) -> tuple[float, float]:
    """(right of centre, below centre) of a bright ball on the network's slice through it."""
    prepared = prepare(volume, 128, 1.96)
    bright = prepared.images > 1.1
    yy, xx = np.indices((128, 128)) - 63.5
    k = round(volume.to_index(LESION)[2])
    rows, columns = np.nonzero(bright[k] & (np.hypot(xx, yy) < 28))
    return float(columns.mean() - 63.5), float(rows.mean() - 63.5)


def _coronal() -> np.ndarray:
    affine = np.zeros((4, 4))
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = (1.8, 0, 0), (0, 0, -1.8), (0, 7, 0)
    affine[:, 3] = (-90, -100, 90, 1)
    return affine


def _sagittal() -> np.ndarray:
    affine = np.zeros((4, 4))
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = (0, 1.8, 0), (0, 0, -1.8), (7, 0, 0)
    affine[:, 3] = (-84, -100, 90, 1)
    return affine


@pytest.mark.parametrize(
    ("name", "affine", "shape", "right", "down"),
    [
        ("axial", AXIAL, SHAPE, 40.0, -30.0),
        ("coronal", _coronal(), (29, 100, 100), 40.0, -10.0),
        ("sagittal", _sagittal(), (25, 100, 112), -30.0, -10.0),
    ],
)
def test_each_plane_is_seen_as_the_training_slices_are(
    name: str, affine: np.ndarray, shape: tuple[int, int, int], right: float, down: float
) -> None:
    volume = head_volume(affine, shape, lesion_mm=LESION, radius_mm=10)
    assert plane_of(affine)[0] == name
    across, below = _spot_on_screen(volume)
    assert across * 1.96 == pytest.approx(right, abs=3)
    assert below * 1.96 == pytest.approx(down, abs=3)


def test_a_transposed_and_mirrored_store_gives_the_same_view() -> None:
    volume = head_volume(lesion_mm=LESION, radius_mm=10)
    swap = AXIAL[:, [1, 0, 2, 3]]
    mirror = np.eye(4)
    mirror[0, 0], mirror[0, 3] = -1.0, SHAPE[1] - 1
    turned = Volume(
        volume.voxels.transpose(0, 2, 1)[:, :, ::-1].copy(), swap @ mirror, volume.geometry
    )
    same = np.abs(prepare(volume, 128, 1.96).images - prepare(turned, 128, 1.96).images)
    assert float(same.max()) < 1e-3


def test_what_was_drawn_on_the_networks_grid_returns_to_its_place() -> None:
    swap = AXIAL[:, [1, 0, 2, 3]]
    volume = head_volume(lesion_mm=LESION, radius_mm=10)
    turned = Volume(volume.voxels.transpose(0, 2, 1).copy(), swap, volume.geometry)
    prepared = prepare(turned, 128, 1.96)
    k = 14
    restored = prepared.restore(prepared.images[k])
    original = np.asarray(turned.voxels[k], dtype=np.float64)
    assert restored.shape == original.shape
    assert np.corrcoef(restored.ravel(), original.ravel())[0, 1] > 0.9


def test_normalised_slices_lie_in_the_trained_range() -> None:
    images = normalise(np.random.default_rng(0).gamma(2, 300, (3, 128, 128)).astype(np.float32))
    assert images.min() == 0
    assert 1 < images.max() <= np.float32(1.2)


def test_a_slice_keeps_its_millimetres_whatever_its_pixel_size() -> None:
    far_apart = AXIAL @ np.diag([1.0, 1.0, 4.0, 1.0])
    coarse = head_volume(far_apart, (7, 124, 102))
    fine = head_volume(far_apart @ np.diag([0.5, 0.5, 1.0, 1.0]), (7, 248, 204))
    seen, seen_finer = (prepare(volume, 128, 1.96).images[3] for volume in (coarse, fine))
    assert np.abs(seen - seen_finer).mean() < 0.05


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1e-3, 1e6])
def test_the_network_sees_the_same_whatever_unit_the_values_are_stored_in(unit: float) -> None:
    volume = head_volume(lesion_mm=LESION, radius_mm=10)
    values = np.asarray(volume.voxels, dtype=np.float32)
    plain = prepare(Volume(values, volume.affine, volume.geometry), 128, 1.96)
    scaled = Volume(values * np.float32(unit), volume.affine, volume.geometry)
    np.testing.assert_allclose(prepare(scaled, 128, 1.96).images, plain.images, atol=2e-3)


def test_gate_preparation_and_placing_share_one_mask_of_the_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []
    tissue = preparing._tissue
    monkeypatch.setattr(preparing, "_tissue", lambda *given: made.append(given) or tissue(*given))
    volume = head_volume(lesion_mm=LESION)
    volume.voxels.flags.writeable = False
    seen = seen_as()
    assert judge(series_of(volume), volume, seen, LIMITS).accepted
    prepare(upright(volume, 1), 128, 1.96)
    placing(volume, head_mask(volume.voxels))
    assert len(made) == 1


def test_voxels_that_may_change_are_looked_at_again() -> None:
    voxels = head_volume().voxels.copy()
    before = head_mask(voxels)
    voxels[:] = 0
    voxels[5, 40:60, 40:60] = 100
    assert head_mask(voxels).sum() == 400 < before.sum()
