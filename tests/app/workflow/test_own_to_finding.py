"""A clinic's own networks from the imported file to a stored finding, through the real child."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import Workstation
from app.pages.odds import grounds, trust_explained, trust_line
from app.workflow import analysing, own_models, reading
from app.workflow.session import Session
from assistant.drafting.measuring import volume_ml
from inference.models.own.records import OwnModel
from inference.pipeline.own_process import OwnModelProcess
from inference.pipeline.worker import InferenceProcess
from inference.records import Finding, Run, RunOutcome
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import PATIENT_ID, put_study
from tests.inference.builders import T1_POST, series_of
from tests.inference.example_head import example_head
from tests.inference.own_models import put
from tests.inference.own_networks import (
    UNET_PARAMETERS,
    classifier,
    classifier_card,
    unet_card,
    unet_weights,
)
from viewer.records import Volume

CENTRE_MM, RADIUS_MM = np.array([32.0, 8.0, 20.0]), 14.0
SPHERE_ML = 4 / 3 * np.pi * RADIUS_MM**3 / 1000


def head_with_lesion() -> Volume:
    """The simulated head with a ball on the patient's left, brighter than anything else."""
    head = example_head()
    k, j, i = np.indices(head.voxels.shape)
    points = np.stack([i, j, k], axis=-1) @ head.affine[:3, :3].T + head.affine[:3, 3]
    middle = points.reshape(-1, 3).mean(axis=0)
    away = np.linalg.norm(points - middle - CENTRE_MM, axis=-1)
    voxels = head.voxels.astype(np.int32)
    brightest = int(voxels.max())
    voxels[away <= RADIUS_MM] = 6 * brightest
    return Volume(voxels.astype(np.int16 if 6 * brightest < 32_000 else np.int32), head.affine,
                  head.geometry)  # fmt: skip


def centre_mm(head: Volume) -> np.ndarray:
    """Where the ball lies in LPS+ mm."""
    size = np.array(head.voxels.shape[::-1])
    return head.affine[:3, :3] @ ((size - 1) / 2) + head.affine[:3, 3] + CENTRE_MM


@pytest.fixture(scope="module")
def process() -> Iterator[InferenceProcess]:
    made = InferenceProcess()
    yield made
    made.close()


def unheard(_fraction: float, _text: str, /) -> None:
    return None


def approved(clinic: Workstation, path: Path, runner: OwnModelProcess) -> OwnModel:
    admin = enter(clinic, ADMIN)
    model = own_models.import_model(admin, path, runner, unheard)
    return own_models.approve(admin, model.id, PASSWORD)


def analysed(
    clinic: Workstation, model: OwnModel, runner: OwnModelProcess, head: Volume
) -> tuple[Session, Run, tuple[Finding, ...]]:
    """Run the model on the head as a series of the study; return what is stored."""
    doctor = enter(clinic, DOCTOR)
    put_study(doctor)
    with doctor.begin() as work:
        study_uid = work.studies.of_patient(PATIENT_ID)[0].uid
        pixel_file = doctor.pixels.put(head.voxels, PATIENT_ID)
        series = series_of(head, physics=T1_POST)
        work.series.put(replace(series, uid="1.2.9", study_uid=study_uid, pixel_file=pixel_file))
    run = analysing.analyse_own(doctor, "1.2.9", model.id, runner, unheard)
    opened = reading.open_study(doctor, study_uid)
    return doctor, run, tuple(one for one in opened.findings if one.run_id == run.id)


@pytest.fixture(autouse=True)
def _the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    head = head_with_lesion()
    given = (series_of(head, physics=T1_POST), head)
    monkeypatch.setattr(own_models, "_example", lambda _: given)


@pytest.mark.timeout(240)
def test_a_3d_network_marks_a_lesion_with_its_size_and_the_patients_side(
    clinic: Workstation, process: InferenceProcess, tmp_path: Path
) -> None:
    runner, head = OwnModelProcess(process), head_with_lesion()
    model = approved(clinic, put(tmp_path / "a", unet_weights(), unet_card()), runner)
    assert (model.trial.regions, model.trial.parameters) == (1, UNET_PARAMETERS)
    doctor, run, found = analysed(clinic, model, runner, head)
    assert run.outcome is RunOutcome.FINDINGS, run.reason
    [lesion] = found
    assert lesion.label == "region"
    assert lesion.side == "left"
    assert np.linalg.norm(np.array(lesion.centre_mm) - centre_mm(head)) < 4
    volume = volume_ml(lesion)
    assert volume == pytest.approx(SPHERE_ML, rel=0.25)
    labels = reading.load_labels(doctor, run.id)
    assert labels is not None
    assert (labels == lesion.label_value).any()
    known = grounds(None, (run,))
    assert "uncalibrated" in trust_line(lesion, known)
    assert "not calibrated" in trust_explained(lesion, known)
    assert any("not calibrated" in one for one in run.cautions)


@pytest.mark.timeout(240)
def test_a_classifier_points_at_the_slice_that_shows_most_and_claims_no_size_or_side(
    clinic: Workstation, process: InferenceProcess, tmp_path: Path
) -> None:
    runner, head = OwnModelProcess(process), head_with_lesion()
    path = put(tmp_path / "a", classifier(), classifier_card(), file="model.onnx")
    model = approved(clinic, path, runner)
    _, run, found = analysed(clinic, model, runner, head)
    assert run.outcome is RunOutcome.FINDINGS, run.reason
    [flagged] = found
    assert flagged.label == "bright lesion"
    assert (flagged.side, flagged.place, flagged.measurements) == ("", "", ())
    through = np.abs(np.arange(len(head.voxels)) - head.to_index(tuple(centre_mm(head)))[2])
    assert through[flagged.slice_index] <= RADIUS_MM / head.spacing_mm[2]
    plain, _, none = analysed_again(clinic, model, runner)
    assert plain.outcome is RunOutcome.NOTHING_SUSPECTED
    assert none == ()
    assert "not the same as normal" in plain.reason


def analysed_again(
    clinic: Workstation, model: OwnModel, runner: OwnModelProcess
) -> tuple[Run, Session, tuple[Finding, ...]]:
    """The same head without the ball."""
    doctor, run, found = analysed(clinic, model, runner, example_head())
    return run, doctor, found
