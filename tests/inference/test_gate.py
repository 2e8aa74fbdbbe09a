"""The input gate: what the tumour model must refuse, and what it must take."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest

from inference.pipeline.gate import judge
from inference.pipeline.sequence import contrast_given, described_sequence
from tests.inference.builders import AXIAL, SHAPE, T1_POST, head_volume, read_pgbm, series_of
from viewer.records import Geometry, GeometryKind, Volume

HEAD = head_volume()

REFUSED = [
    ("Ax FLAIR", {"EchoTime": "120", "RepetitionTime": "9000", "InversionTime": "2500"}, "FLAIR"),
    ("Ax T2 TSE", {"EchoTime": "98", "RepetitionTime": "4500"}, "T2"),
    ("DWI b1000", {}, "diffusion"),
    ("ADC map", {}, "diffusion"),
    ("ep2d", {"EchoTime": "80", "RepetitionTime": "5000", "DiffusionBValue": "1000"}, "diffusion"),
    ("SWI", {"EchoTime": "20", "RepetitionTime": "28"}, "susceptibility"),
    ("PD axial", {"EchoTime": "12", "RepetitionTime": "2800"}, "proton-density"),
    ("3 plane localizer", {"EchoTime": "2", "RepetitionTime": "6"}, "localiser"),
    ("T1 MPRAGE", {"EchoTime": "3", "RepetitionTime": "2000"}, "nothing says"),
    ("T1 pre", {"EchoTime": "10", "RepetitionTime": "600"}, "before contrast"),
    ("T1 w/o contrast", {"EchoTime": "10", "RepetitionTime": "600"}, "before contrast"),
    ("T1 post-op", {"EchoTime": "10", "RepetitionTime": "600"}, "nothing says"),
    ("T1 CORONAL MAG. TRANSFER", T1_POST, "magnetisation-transfer"),
    ("T1 +C", {"EchoTime": "98", "RepetitionTime": "4500"}, "T2"),
    ("T1 post", T1_POST | {"BodyPartExamined": "KNEE"}, "another body part"),
    ("T1 post", T1_POST | {"ImageType": "['DERIVED', 'PRIMARY', 'SUBTRACT']"}, "derived"),
    ("scan", {}, "neither the header nor the description"),
    ("", {"ContrastBolusAgent": "Gd"}, "neither the header nor the description"),
    ("post contrast", {"AcquisitionContrast": "FLUID_ATTENUATED"}, "FLAIR"),
]


@pytest.mark.parametrize(("description", "physics", "because"), REFUSED)
def test_a_series_that_is_not_t1_after_contrast_is_refused_with_its_reason(
    description: str, physics: dict[str, str], because: str
) -> None:
    verdict = judge(series_of(HEAD, description, physics), HEAD)
    assert not verdict.accepted
    assert verdict.reason.startswith("Not analysed, because ")
    assert because in verdict.reason


ACCEPTED = [
    ("T1post", T1_POST),
    ("", T1_POST),
    ("Ax T1 +C", {}),
    ("sub-01_T1ce", {}),
    ("T1 FLAIR Gd", {"EchoTime": "8", "RepetitionTime": "2200", "InversionTime": "800"}),
    ("MPRAGE KM", {"EchoTime": "3", "RepetitionTime": "1900", "InversionTime": "900"}),
    ("enhanced", {"AcquisitionContrast": "T1", "ContrastBolusAgent": "Gadobutrol"}),
]


@pytest.mark.parametrize(("description", "physics"), ACCEPTED)
def test_a_head_in_t1_after_contrast_is_taken(description: str, physics: dict[str, str]) -> None:
    verdict = judge(series_of(HEAD, description, physics), HEAD)
    assert verdict.accepted, verdict.reason
    assert verdict.scores["foreground"] > 0.08


def test_ct_is_refused() -> None:
    assert "not an MR series" in judge(series_of(HEAD, modality="CT"), HEAD).reason


def test_unknown_geometry_is_refused() -> None:
    volume = head_volume(kind=GeometryKind.UNKNOWN)
    assert "unknown" in judge(series_of(volume), volume).reason


def test_a_body_part_smaller_than_a_head_is_refused() -> None:
    small = AXIAL @ np.diag([0.4, 0.4, 0.4, 1.0])
    volume = Volume(HEAD.voxels, small, HEAD.geometry)
    assert "smaller than a head" in judge(series_of(volume), volume).reason


def test_something_larger_than_a_head_is_refused() -> None:
    large = HEAD.voxels.repeat(2, axis=1).repeat(2, axis=2)
    volume = Volume(large, AXIAL, HEAD.geometry)
    assert "larger than a head" in judge(series_of(volume), volume).reason


def test_an_empty_picture_is_refused() -> None:
    volume = Volume(np.zeros((20, 64, 64), np.int16), AXIAL, HEAD.geometry)
    assert "no picture" in judge(series_of(volume), volume).reason


def test_noise_is_no_head() -> None:
    noise = np.random.default_rng(0).random(SHAPE).astype(np.float32)
    volume = Volume(noise, AXIAL, HEAD.geometry)
    assert "does not look like a head" in judge(series_of(volume), volume).reason


def test_the_description_outweighs_an_agent_left_over_from_the_protocol() -> None:
    assert contrast_given(series_of(HEAD, "T1 pre", T1_POST)) is False


def test_an_operation_is_not_a_contrast_agent() -> None:
    assert contrast_given(series_of(HEAD, "T1 postop", {})) is None
    assert described_sequence("T1_post_op") == "T1"


def test_pgbm_002_is_taken(shared_data: Path) -> None:
    series, volume, _ = read_pgbm(shared_data)
    assert judge(series, volume).accepted


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("openms_long_patient03_study1_FLAIR", "FLAIR"),
        ("sub-strokecase0001_ses-0001_dwi", "diffusion"),
        ("sub-strokecase0001_ses-0001_adc", "diffusion"),
    ],
)
def test_multiple_sclerosis_and_stroke_are_refused(shared_data: Path, name: str, kind: str) -> None:
    image = nibabel.load(shared_data / "nifti_pathology" / f"{name}.nii.gz")
    voxels = np.asarray(image.dataobj, dtype=np.float32).T
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    volume = Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))
    assert kind in judge(series_of(volume, name, {}), volume).reason


def test_a_real_t1_without_contrast_is_refused(shared_data: Path) -> None:
    dataset = pydicom.dcmread(
        shared_data / "normal_t1_dicom" / "XA30_enhanced_T1_96frames.dcm", stop_before_pixels=True
    )
    timing = dataset.SharedFunctionalGroupsSequence[0].MRTimingAndRelatedParametersSequence[0]
    echo = dataset.PerFrameFunctionalGroupsSequence[0].MREchoSequence[0]
    physics = {
        "RepetitionTime": str(timing.RepetitionTime),
        "EchoTime": str(echo.EffectiveEchoTime),
        "AcquisitionContrast": str(dataset.AcquisitionContrast),
    }
    verdict = judge(series_of(HEAD, str(dataset.SeriesDescription), physics), HEAD)
    assert "nothing says that a contrast agent was given" in verdict.reason
