"""What the anatomy model refuses, with the reason a reader can check."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.pipeline.anatomy_gate import cautions_of, judge_anatomy
from inference.training.anatomy.evaluate import STUDYFORREST
from inference.training.files import read_dicom
from tests.inference.anatomy.phantom import t1_volume
from tests.inference.builders import head_volume, read_pgbm, series_of
from viewer.records import GeometryKind, Volume

T1 = {"EchoTime": "3", "RepetitionTime": "2300", "InversionTime": "900"}
AFFINE = np.array([[1.4, 0, 0, -80], [0, 1.4, 0, -100], [0, 0, 1.4, -84], [0, 0, 0, 1]])
SHAPE = (120, 144, 116)


@pytest.fixture(scope="module")
def head() -> Volume:
    return t1_volume(AFFINE, SHAPE)


def test_a_near_isotropic_t1_is_measured(head: Volume) -> None:
    verdict = judge_anatomy(series_of(head, "MPRAGE", T1), head)
    assert verdict.accepted
    assert verdict.scores["largest_voxel_mm"] == pytest.approx(1.4)


def test_a_real_healthy_3d_t1_is_measured(shared_data: Path) -> None:
    _, volume = next(read_dicom(shared_data / STUDYFORREST))
    assert judge_anatomy(series_of(volume, "anat-T1w", {}), volume).accepted


@pytest.mark.parametrize("thick", [1.6, 3.0, 6.5])
def test_thick_slices_are_refused_since_they_look_like_atrophy(thick: float) -> None:
    affine = AFFINE.copy()
    affine[2, 2] = thick
    volume = head_volume(affine, (int(170 / thick), 144, 116))
    verdict = judge_anatomy(series_of(volume, "MPRAGE", T1), volume)
    assert "thick slices make structures look too small" in verdict.reason
    assert f"{thick:.1f} mm" in verdict.reason


def test_voxels_of_2_mm_each_way_are_called_large_and_not_thick_slices() -> None:
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = (-90, -110, -84)
    volume = head_volume(affine, (85, 110, 90))
    reason = judge_anatomy(series_of(volume, "MPRAGE", T1), volume).reason
    assert "its voxels measure 2.0 x 2.0 x 2.0 mm" in reason
    assert "large voxels make structures look too small" in reason
    assert "thick" not in reason


def test_the_real_series_of_6_5_mm_is_refused(shared_data: Path) -> None:
    series, volume, _ = read_pgbm(shared_data)
    assert "6.5 mm" in judge_anatomy(series, volume).reason


@pytest.mark.parametrize(
    ("description", "physics", "said"),
    [
        ("Ax T2", {}, "T2"),
        ("FLAIR 3D", {}, "FLAIR"),
        ("", {}, "neither the header nor the description"),
        ("MPRAGE", {"BodyPartExamined": "KNEE"}, "another body part"),
        ("MPRAGE", {"ImageType": "DERIVED\\PRIMARY\\MIP"}, "derived"),
    ],
)
def test_other_sequences_and_parts_are_refused(
    head: Volume, description: str, physics: dict[str, str], said: str
) -> None:
    assert said in judge_anatomy(series_of(head, description, physics), head).reason


def test_a_known_lesion_refuses_the_study(head: Volume) -> None:
    series = series_of(head, "MPRAGE", T1)
    assert judge_anatomy(series, head, lesion_ml=2.0).accepted
    assert "lesion of 48.0 ml" in judge_anatomy(series, head, lesion_ml=48.05).reason


@pytest.mark.parametrize("kind", [GeometryKind.UNKNOWN, GeometryKind.REGULARISED])
def test_slices_off_a_regular_grid_are_refused(kind: GeometryKind) -> None:
    volume = head_volume(AFFINE, (30, 40, 40), kind=kind)
    assert "Not measured" in judge_anatomy(series_of(volume, "MPRAGE", T1), volume).reason


def test_part_of_a_head_is_refused(head: Volume) -> None:
    slab = Volume(head.voxels[40:90], head.affine, head.geometry)
    assert "field of view" in judge_anatomy(series_of(slab, "MPRAGE", T1), slab).reason


def test_an_empty_picture_is_refused(head: Volume) -> None:
    empty = Volume(np.zeros(SHAPE, np.int16), AFFINE, head.geometry)
    assert "no picture" in judge_anatomy(series_of(empty, "MPRAGE", T1), empty).reason


def test_after_contrast_the_reader_is_told(head: Volume) -> None:
    series = series_of(head, "MPRAGE", T1 | {"ContrastBolusAgent": "Gadovist"})
    assert judge_anatomy(series, head).accepted
    assert "cortex may measure larger" in cautions_of(series)[0]
    assert cautions_of(series_of(head, "MPRAGE", T1)) == ()
