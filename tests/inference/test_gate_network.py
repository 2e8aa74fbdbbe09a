"""The gate's network and real series: nothing here tells it more than the pictures do."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.errors import WeightsError
from inference.models.cards import shipped_folder
from inference.models.gate_card import GATE_MODEL, read_gate
from inference.pipeline.gate import Verdict, judge
from inference.pipeline.looking import Looker
from inference.training.files import record
from inference.training.gate import measured
from inference.training.gate.cases import Case, cases, pathology_cases, pgbm_cases
from inference.training.gate.evaluate import figures_of, judge_all
from tests.inference.builders import head_volume
from viewer.records import Geometry, GeometryKind, Volume

FOLDER = shipped_folder(GATE_MODEL)


@pytest.fixture(scope="module")
def looker() -> Looker:
    return Looker(FOLDER)


@pytest.fixture(scope="module")
def judged(looker: Looker) -> Callable[[Case], Verdict]:
    def look_and_judge(case: Case) -> Verdict:
        seen = looker.look(case.volume)
        return judge(case.series, case.volume, seen, looker.package.limits)

    return look_and_judge


def test_altered_weights_are_not_used(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "gate"))
    file = read_gate(folder).member.file
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsError, match="not the ones the card names"):
        Looker(folder)


def test_weights_of_another_network_are_not_used(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "gate"))
    card = json.loads((folder / "card.json").read_text())
    tumour = (
        shipped_folder()
        / json.loads((shipped_folder() / "card.json").read_text())["members"][0]["file"]
    )
    shutil.copyfile(tumour, folder / "weights.safetensors")
    card["members"][0]["sha256"] = hashlib.sha256(tumour.read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="do not fit"):
        Looker(folder)


def test_a_card_without_its_lines_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "gate"))
    card = json.loads((folder / "card.json").read_text())
    del card["settings"]["enhanced"]
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="cannot be read"):
        read_gate(folder)


def test_the_weights_are_small() -> None:
    assert read_gate(FOLDER).member.file.stat().st_size < 2_000_000


def test_the_same_series_is_seen_the_same_twice(looker: Looker) -> None:
    assert looker.look(head_volume()) == looker.look(head_volume())


@pytest.mark.parametrize(
    "voxels",
    [
        np.zeros((9, 40, 40), np.int16),
        np.full((9, 40, 40), -5.5, np.float32),
        np.random.default_rng(1).normal(0, 100, (9, 33, 57)).astype(np.float32),
        np.random.default_rng(2).integers(0, 255, (9, 300, 8), np.uint8),
        np.full((9, 40, 40), np.nan, np.float32),
        np.where(np.indices((9, 40, 40))[1] > 20, np.inf, -np.inf),
        np.random.default_rng(3).normal(0, 1e37, (9, 60, 60)).astype(np.float32),
    ],
    ids=["empty", "one value", "noise", "a strip", "no number", "infinite", "huge"],
)
def test_nonsense_is_looked_at_without_a_fault_and_refused(
    looker: Looker, judged: Callable[[Case], Verdict], voxels: np.ndarray
) -> None:
    volume = Volume(voxels, np.diag([1.9, 1.9, 5, 1]), Geometry(GeometryKind.REGULAR, 0.0))
    case = measured.bare(Case("nonsense", "", record(volume, "", {}), volume, ""))
    assert not judged(case).accepted


def test_heads_after_contrast_are_taken_without_any_tag(
    shared_data: Path, judged: Callable[[Case], Verdict]
) -> None:
    for case in pgbm_cases(shared_data):
        if case.wanted:
            verdict = judged(measured.bare(case))
            assert verdict.accepted, f"{case.name}: {verdict.reason}"
            assert verdict.turn == 0
            if case.name.endswith(".nii.gz"):
                assert any("sizes follow" in caution for caution in verdict.cautions)
                assert not verdict.side_known


def test_masks_are_refused(shared_data: Path, judged: Callable[[Case], Verdict]) -> None:
    for case in pgbm_cases(shared_data):
        if not case.head:
            assert "mask or a label map" in judged(measured.bare(case)).reason


def test_stroke_and_multiple_sclerosis_are_refused_under_any_name(
    shared_data: Path, judged: Callable[[Case], Verdict]
) -> None:
    for case in pathology_cases(shared_data):
        verdict = judged(replace(case, series=replace(case.series, description="scan.nii.gz")))
        assert not verdict.accepted
        assert verdict.reason.startswith("Not analysed, because ")


def test_turned_heads_are_told_and_have_no_side(
    shared_data: Path, judged: Callable[[Case], Verdict]
) -> None:
    case = next(c for c in pgbm_cases(shared_data) if c.name.startswith("02") and c.wanted)
    for turn in (1, 2, 3):
        verdict = judged(measured.turned(case, turn))
        assert verdict.turn == turn
        assert not verdict.side_known


def test_drawn_limbs_spines_trunks_and_phantoms_are_refused_but_for_one_in_twenty_four(
    judged: Callable[[Case], Verdict],
) -> None:
    passed = [case.name for case in measured.body_cases(24) if judged(case).accepted]
    assert len(passed) <= 1, passed


def test_a_sample_of_the_cards_figures_comes_out_again(shared_data: Path, looker: Looker) -> None:
    found = judge_all(shared_data, looker, made=False)
    again = figures_of(found)
    stated = looker.package.card.performance
    for name in ("refused_of_what_must_be", "refused_of_what_must_not_be", "turned_told"):
        assert again[name] == pytest.approx(stated[name], abs=0.02), name


def test_no_case_of_the_measurement_was_trained_on(shared_data: Path) -> None:
    names = {case.name for case in cases(shared_data) if not case.trained and case.head}
    assert not any(name.startswith(("03/", "04/", "Various")) for name in names)
    assert {"01/Post_Scan_T1.nii.gz", "PGBM-002 DICOM", "* T1 AXIAL PRE GAD"} <= names
