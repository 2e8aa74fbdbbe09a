"""Claims about the geometry score: it sees what is wrong and forgives what is told."""

from __future__ import annotations

import numpy as np

from tests.bench.geometry import Verdict, judge, judge_ours, judge_peer, table
from tests.bench.geometry_peers import PEERS
from tests.viewer.dicom.geometry_series import RECIPES, write


def straight(truth):
    """What a careless reader gives: the slices as they come, an axial grid of 1 x 1 x 3 mm."""
    affine = np.diag([1.0, 1.0, 3.0, 1.0])
    affine[:3, 3] = truth.slices[0].position
    return [(truth.pixels, affine)]


def recipe(name):
    return next(one for one in RECIPES if one.name == name)


def test_a_wrong_volume_is_silent_unless_something_was_said(tmp_path):
    truth = write(recipe("sheared"), tmp_path / "s")
    assert judge(straight(truth), truth, "").word == "SILENT"
    assert judge(straight(truth), truth, "").points == 0
    assert judge(straight(truth), truth, "Warning: slices are not equidistant").word == "warned"
    assert judge(straight(truth), truth, "Warning: the moon is full").word == "SILENT"
    assert judge([], truth, "").word == "refused"


def test_a_right_volume_is_ok_and_a_lost_slice_is_not(tmp_path):
    truth = write(recipe("axial HFS"), tmp_path / "s")
    ((voxels, affine),) = straight(truth)
    assert judge([(voxels, affine)], truth, "") == Verdict("ok", 0.0)
    assert judge([(voxels[1:], affine)], truth, "").word == "SILENT"


def test_ours_says_that_it_resampled_and_the_table_counts(tmp_path):
    one = recipe("missing slice")
    folder = tmp_path / "s"
    verdict = judge_ours(one, folder, write(one, folder))
    assert verdict.word == "warned"
    assert verdict.worst_mm < 0.02
    row = {"ours": verdict} | dict.fromkeys(PEERS, Verdict("SILENT", 7.0, 2))
    text = table({one.name: row})
    assert "7.000 2 lost SILENT" in text
    assert "| **score** | 1/1 | 0/1" in text


def test_a_peer_that_dies_has_refused(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "no.dcm").write_bytes(b"no image")
    truth = write(recipe("axial HFS"), tmp_path / "t")
    assert judge_peer("nibabel.nicom", folder, tmp_path / "w", truth).word == "refused"
