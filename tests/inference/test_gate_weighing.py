"""Tags against pictures: which of them decides, and what a reader is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.pipeline.admission import upright
from inference.pipeline.gate import Verdict, judge, judge_header
from inference.pipeline.prepare import prepare
from inference.pipeline.seen import Seen
from inference.pipeline.sequence import contrast_given
from tests.inference.builders import AXIAL, T1_POST, head_volume, series_of
from tests.inference.seen_builders import LIMITS, seen_as
from viewer.records import Geometry, GeometryKind, Volume

HEAD = head_volume()
REGULAR = Geometry(GeometryKind.REGULAR, 0.0)


def verdict(
    seen: Seen, description: str = "", physics: dict[str, str] | None = None, volume: Volume = HEAD
) -> Verdict:
    series = series_of(volume, description, {} if physics is None else physics)
    return judge(series, volume, seen, LIMITS)


def test_a_head_after_contrast_without_any_tag_is_taken_with_a_caution() -> None:
    found = verdict(seen_as(), "scan0001.nii.gz")
    assert found.accepted, found.reason
    assert any("does not say which sequence" in caution for caution in found.cautions)
    assert any("does not say that contrast was given" in caution for caution in found.cautions)


@pytest.mark.parametrize(
    ("kind", "because"),
    [
        ("T2", "look like T2"),
        ("FLAIR", "look like FLAIR"),
        ("DWI", "look like diffusion"),
        ("ADC", "look like a diffusion (ADC) map"),
        ("proton-density", "look like proton-density"),
        ("CT", "look like CT"),
        ("other", "look like another kind of MR"),
        ("T1", "nothing says or clearly shows that a contrast agent was given"),
    ],
)
def test_without_tags_the_pictures_give_the_reason(kind: str, because: str) -> None:
    found = verdict(seen_as(kind), "scan0001.nii.gz")
    assert not found.accepted
    assert found.reason.startswith("Not analysed, because ")
    assert because in found.reason


def test_contrast_that_only_pictures_show_must_be_shown_clearly() -> None:
    unsure = seen_as("T1 after contrast", LIMITS.enhanced - 0.05)
    assert "nothing says or clearly shows" in verdict(unsure, "t1.nii.gz").reason
    assert verdict(seen_as("T1 after contrast", LIMITS.enhanced + 0.05), "t1.nii.gz").accepted


def test_a_t1_whose_tags_are_silent_about_contrast_is_asked_of_its_pictures() -> None:
    timing = {"EchoTime": "10", "RepetitionTime": "600"}
    assert verdict(seen_as(), "AX T1 SE", timing).accepted
    assert "nothing says" in verdict(seen_as("T1"), "AX T1 SE", timing).reason


def test_clear_tags_outweigh_pictures_that_are_not_sure() -> None:
    assert verdict(seen_as("T1", 0.7), "T1 post", T1_POST).accepted
    assert verdict(seen_as("FLAIR", 0.7), "T1 post", T1_POST).accepted


def test_tags_that_pictures_clearly_contradict_are_refused_with_the_contradiction() -> None:
    found = verdict(seen_as("T2", 0.995), "AX T1 post", T1_POST)
    assert "its header says T1, but its pictures look like T2" in found.reason


def test_a_file_name_is_believed_less_than_a_tag() -> None:
    assert "its name says T1, but" in verdict(seen_as("T2", 0.9), "case7_t1ce.nii.gz").reason
    assert verdict(seen_as("T2", 0.9), "t1ce", T1_POST).accepted


def test_contrast_that_the_header_claims_and_no_picture_shows_is_a_caution() -> None:
    found = verdict(seen_as("T1", 0.995), "T1 post", T1_POST)
    assert found.accepted
    assert any("hardly show it" in caution for caution in found.cautions)


def test_pictures_of_no_head_are_refused_whatever_the_header_says() -> None:
    found = verdict(seen_as(head=0.001), "T1 post", T1_POST)
    assert "do not look like a head, whatever its header says" in found.reason
    assert "do not look like a head" in verdict(seen_as(head=0.3), "scan.nii.gz").reason


def test_a_series_said_to_be_before_contrast_is_refused_though_it_looks_enhanced() -> None:
    assert "before contrast" in verdict(seen_as(), "T1 pre", {"EchoTime": "9"}).reason


def test_before_treatment_in_a_files_name_is_not_before_contrast() -> None:
    assert contrast_given(series_of(HEAD, "Pre_Scan_T1.nii.gz", {})) is None
    assert contrast_given(series_of(HEAD, "Post_Scan_T1.nii.gz", {})) is None
    assert contrast_given(series_of(HEAD, "T1_pre.nii.gz", {})) is False
    assert contrast_given(series_of(HEAD, "sub-01_postGd_T1.nii.gz", {})) is True


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_pictures_that_lie_turned_leave_the_side_unknown(turn: int) -> None:
    found = verdict(seen_as(turn=turn), "T1 post", T1_POST)
    assert found.accepted
    assert not found.side_known
    assert found.turn == turn
    assert any("left and right are not named" in caution for caution in found.cautions)


def test_upright_pictures_keep_their_side_and_cause_no_caution() -> None:
    found = verdict(seen_as(), "T1 post", T1_POST)
    assert found.side_known
    assert found.turn == 0
    assert found.cautions == ()


def test_another_plane_than_the_file_says_leaves_the_side_unknown() -> None:
    found = verdict(seen_as(plane="coronal"), "T1 post", T1_POST)
    assert not found.side_known
    assert any("look coronal where the file says axial" in caution for caution in found.cautions)


def test_thin_coverage_is_a_caution_and_no_refusal() -> None:
    thin = Volume(HEAD.voxels[8:20], AXIAL @ np.diag([1, 1, 0.6, 1]), REGULAR)
    found = verdict(seen_as(), "T1 post", T1_POST, thin)
    assert found.accepted, found.reason
    assert any("covers only 36 mm" in caution for caution in found.cautions)
    fewer = Volume(HEAD.voxels[8:15], thin.affine, REGULAR)
    assert "fewer than 8 slices" in verdict(seen_as(), "T1 post", T1_POST, fewer).reason


def test_a_placeholder_grid_is_told_and_leaves_the_side_unknown() -> None:
    voxels = np.repeat(np.repeat(HEAD.voxels[1:25], 2, axis=1), 2, axis=2)
    dummy = Volume(voxels, np.diag([1.0, 1.0, 1.0, 1.0]), REGULAR)
    found = verdict(seen_as(), "Post_Scan_T1.nii.gz", {}, dummy)
    assert found.accepted, found.reason
    assert not found.side_known
    assert any("placeholder" in caution for caution in found.cautions)


@pytest.mark.parametrize(
    ("artefact", "told"), [("motion", "moved"), ("noise", "noisy"), ("wrap", "folded")]
)
def test_spoilt_pictures_are_told(artefact: str, told: str) -> None:
    found = verdict(seen_as(**{artefact: 0.9}), "T1 post", T1_POST)
    assert found.accepted
    assert any(told in caution for caution in found.cautions)


def test_a_head_that_fills_its_field_of_view_is_taken_with_a_caution() -> None:
    voxels = np.full((12, 90, 90), 400, np.int16) + np.arange(90, dtype=np.int16)
    full = Volume(voxels, np.diag([1.8, 1.8, 3.0, 1.0]), REGULAR)
    found = verdict(seen_as(), "COR T1 post", T1_POST, full)
    assert found.accepted, found.reason
    assert any("fills the field of view" in caution for caution in found.cautions)


def test_a_mask_is_no_picture() -> None:
    mask = (HEAD.voxels > 300).astype(np.uint8)
    found = verdict(seen_as(), "T1 post", T1_POST, Volume(mask, AXIAL, REGULAR))
    assert "mask or a label map" in found.reason


def test_values_of_ct_are_recognised_without_a_tag() -> None:
    numbers = np.where(HEAD.voxels > 40, HEAD.voxels - 300, -1000).astype(np.int16)
    found = verdict(seen_as(), "head.nii.gz", {}, Volume(numbers, AXIAL, REGULAR))
    assert "those of CT" in found.reason


def test_the_header_alone_lets_what_it_does_not_know_be_looked_at() -> None:
    assert judge_header(series_of(HEAD, "scan", {}), HEAD).accepted
    assert "T2" in judge_header(series_of(HEAD, "AX T2", {}), HEAD).reason
    assert "not an MR series" in judge_header(series_of(HEAD, modality="CT"), HEAD).reason


def test_what_was_seen_is_kept_for_the_log() -> None:
    found = verdict(seen_as(), "T1 post", T1_POST)
    assert found.scores["seen_kind_t1_after_contrast"] == pytest.approx(0.98)
    assert found.scores["seen_head"] == pytest.approx(0.999)
    assert "covered_mm" in found.scores


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_turned_pictures_are_shown_upright_to_the_network(turn: int) -> None:
    lying = Volume(np.ascontiguousarray(np.rot90(HEAD.voxels, turn, axes=(1, 2))), AXIAL, REGULAR)
    righted = prepare(upright(lying, turn), 128, 2.0).images
    np.testing.assert_allclose(righted, prepare(HEAD, 128, 2.0).images, atol=0.02)


def test_a_sagittal_face_that_looks_the_wrong_way_leaves_the_side_unknown() -> None:
    affine = np.array([[0, 0, 5.0, -60], [1.8, 0, 0, -90], [0, -1.8, 0, 110], [0, 0, 0, 1]])
    sagittal = Volume(HEAD.voxels, affine, REGULAR)
    seen = seen_as(plane="sagittal", mirrored=0.95)
    assert not verdict(seen, "T1 post", T1_POST, sagittal).side_known
    assert verdict(replace(seen, mirrored=0.1), "T1 post", T1_POST, sagittal).side_known
