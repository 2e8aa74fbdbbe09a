"""A clinic's own model is quarantined until an administrator approves it, and every act is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, PauseError, SignInError
from app.pages.odds import grounds, trust_explained, trust_line
from app.workflow import analysing, auditing, own_models
from app.workflow.session import Session
from inference.errors import OwnModelError, WorkerLostError, WorkerSilentError
from inference.models.own.records import OwnModel, OwnStatus
from inference.ports import Analysis, Priority
from inference.records import ModelCard
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, enter
from tests.app.workflow.samples import PATIENT_ID, put_study
from tests.inference import faulty
from tests.inference.builders import head_volume, series_of
from tests.inference.own_models import card, put, some_weights
from tests.inference.own_trials import SHOWN, Failing, Trying, marked
from viewer.ports import Progress
from viewer.records import Series, Volume

LATER = Priority.BACKGROUND
SMALL = head_volume(shape=(8, 124, 102))


@pytest.fixture(autouse=True)
def _an_example_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_models, "_example", lambda _: (series_of(SMALL), SMALL))


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    return put(tmp_path / "brought", some_weights())


def unheard(_fraction: float, _text: str, /) -> None:
    return None


def imported(session: Session, path: Path) -> OwnModel:
    return own_models.import_model(session, path, Trying(), unheard)


def actions(clinic: Workstation) -> list[tuple[str, str]]:
    found = [(one.action, one.outcome) for one in auditing.lines(enter(clinic, ADMIN)).entries]
    return [one for one in found if one[0].startswith(("model.", "access."))]


def series_in(session: Session) -> str:
    put_study(session)
    made = series_of(SMALL)
    pixel_file = session.pixels.put(SMALL.voxels, PATIENT_ID)
    study = own_study(session)
    made = replace(made, uid="1.2.9", study_uid=study, pixel_file=pixel_file)
    with session.begin() as work:
        work.series.put(made)
    return made.uid


def own_study(session: Session) -> str:
    with session.begin() as work:
        return work.studies.of_patient(PATIENT_ID)[0].uid


def test_an_import_is_kept_in_quarantine_with_what_its_try_showed(
    clinic: Workstation, brought: Path
) -> None:
    admin = enter(clinic, ADMIN)
    model = imported(admin, brought)
    assert own_models.models(admin) == (model,)
    assert (model.status, model.trial) == (OwnStatus.QUARANTINED, SHOWN)
    assert model.digests["weights.safetensors"] == model.card.weights_sha256
    stored = admin.pixels.get(model.weights_file)
    assert stored.tobytes() == (brought / "weights.safetensors").read_bytes()
    assert ("model.imported", "ok") in actions(clinic)


def test_its_weights_lie_encrypted_and_are_not_swept_away(
    clinic: Workstation, brought: Path
) -> None:
    admin = enter(clinic, ADMIN)
    model = imported(admin, brought)
    path = admin.pixels._path(model.weights_file)
    assert (brought / "weights.safetensors").read_bytes()[8:40] not in path.read_bytes()
    with admin.storage._reading() as connection:
        from app.storage.work import _named_files  # noqa: PLC0415

        assert model.weights_file in _named_files(connection)


def test_a_model_in_quarantine_is_neither_offered_nor_run(
    clinic: Workstation, brought: Path
) -> None:
    model = imported(enter(clinic, ADMIN), brought)
    doctor = enter(clinic, DOCTOR)
    series_uid = series_in(doctor)
    runner = Trying()
    assert own_models.usable(doctor) == ()
    with pytest.raises(OwnModelError, match="not approved"):
        analysing.analyse_own(doctor, series_uid, model.id, runner, unheard)
    assert runner.asked == []


def test_approval_asks_for_the_password_again(clinic: Workstation, brought: Path) -> None:
    admin = enter(clinic, ADMIN)
    model = imported(admin, brought)
    with pytest.raises(SignInError, match="Nothing was approved"):
        own_models.approve(admin, model.id, "not the password")
    assert own_models.models(admin)[0].status is OwnStatus.QUARANTINED
    with pytest.raises(PauseError, match=r"Try again in 1 s\. Nothing was approved"):
        own_models.approve(admin, model.id, PASSWORD)
    admin.keys._failures.clear()  # the second of waiting is over
    approved = own_models.approve(admin, model.id, PASSWORD)
    assert approved.status is OwnStatus.APPROVED
    assert approved.decided_by == admin.actor.account_id
    told = actions(clinic)
    assert ("model.approval-refused", "refused") in told
    assert ("model.approved", "ok") in told


def test_an_approved_model_is_run_and_its_run_names_it(clinic: Workstation, brought: Path) -> None:
    admin = enter(clinic, ADMIN)
    model = own_models.approve(admin, imported(admin, brought).id, PASSWORD)
    doctor = enter(clinic, DOCTOR)
    series_uid = series_in(doctor)
    assert [one.id for one in own_models.usable(doctor)] == [model.id]
    run = analysing.analyse_own(doctor, series_uid, model.id, Trying(), unheard)
    with doctor.begin() as work:
        assert work.runs.get(run.id) == run
    assert (run.own_model, run.weights_sha256) == (model.id, model.card.weights_sha256)


def test_what_it_marks_is_never_called_calibrated(clinic: Workstation, brought: Path) -> None:
    """Not even if somebody's card bears the same digest as the shipped one."""
    admin = enter(clinic, ADMIN)
    model = own_models.approve(admin, imported(admin, brought).id, PASSWORD)
    doctor = enter(clinic, DOCTOR)
    run = analysing.analyse_own(doctor, series_in(doctor), model.id, Trying(), unheard)
    with doctor.begin() as work:
        (finding,) = (one for one in work.findings.of_study(run.study_uid) if one.run_id == run.id)
    alike = ModelCard("x", "1", run.weights_sha256, "", "", {}, ())
    known = grounds(alike, [run])
    assert known.calibration(finding) is None
    assert "uncalibrated 0.83" in trust_line(finding, known)
    assert "of 100" not in trust_line(finding, known) + trust_explained(finding, known)
    assert "Calibrated" not in trust_explained(finding, known)


def test_a_withdrawn_model_is_out_of_use_for_good(clinic: Workstation, brought: Path) -> None:
    admin = enter(clinic, ADMIN)
    model = own_models.approve(admin, imported(admin, brought).id, PASSWORD)
    own_models.withdraw(admin, model.id)
    with pytest.raises(OwnModelError, match="withdrawn"):
        own_models.approve(admin, model.id, PASSWORD)
    doctor = enter(clinic, DOCTOR)
    with pytest.raises(OwnModelError, match="not approved"):
        analysing.analyse_own(doctor, series_in(doctor), model.id, Trying(), unheard)
    assert ("model.withdrawn", "ok") in actions(clinic)


def test_stored_weights_that_are_not_the_imported_ones_are_not_used(
    clinic: Workstation, brought: Path
) -> None:
    admin = enter(clinic, ADMIN)
    model = own_models.approve(admin, imported(admin, brought).id, PASSWORD)
    with admin.begin() as work:
        other = admin.pixels.put(np.zeros(40, np.uint8), "own-model:other")
        work.own_models.put(replace(model, weights_file=other))
    doctor = enter(clinic, DOCTOR)
    with pytest.raises(OwnModelError, match="not the one that was imported"):
        analysing.analyse_own(doctor, series_in(doctor), model.id, Trying(), unheard)


def test_the_same_model_is_not_taken_in_twice(clinic: Workstation, brought: Path) -> None:
    admin = enter(clinic, ADMIN)
    imported(admin, brought)
    with pytest.raises(OwnModelError, match="here already"):
        imported(admin, brought)


@pytest.mark.parametrize("who", [DOCTOR, DESK, PATIENT])
def test_only_an_administrator_imports_approves_and_withdraws(
    clinic: Workstation, brought: Path, who: str
) -> None:
    enter(clinic, DESK)
    person = enter(clinic, who)
    acts: tuple[Callable[[], object], ...] = (
        lambda: imported(person, brought),
        lambda: own_models.approve(person, "x", PASSWORD),
        lambda: own_models.withdraw(person, "x"),
        lambda: own_models.models(person),
    )
    for act in acts:
        with pytest.raises(ForbiddenError):
            act()
    assert actions(clinic).count(("access.refused", "refused")) == len(acts)


def test_a_refused_import_is_audited_and_nothing_is_kept(
    clinic: Workstation, tmp_path: Path
) -> None:
    admin = enter(clinic, ADMIN)
    bad = put(tmp_path / "bad", some_weights(), card(weights={"sha256": "ab" * 32}))
    with pytest.raises(OwnModelError):
        imported(admin, bad)
    assert own_models.models(admin) == ()
    assert ("model.refused", "refused") in actions(clinic)


@pytest.mark.parametrize(
    ("serve", "error", "reason"),
    [
        (faulty.killed, WorkerLostError, "ended by the system"),
        (faulty.crashes, WorkerLostError, "crashed"),
        (faulty.hangs, WorkerSilentError, "no sign of progress"),
    ],
)
def test_a_check_that_dies_or_hangs_refuses_the_import_and_says_why(
    clinic: Workstation,
    brought: Path,
    serve: Callable[..., None],
    error: type[WorkerLostError],
    reason: str,
) -> None:
    admin = enter(clinic, ADMIN)
    with pytest.raises(error, match=reason):
        own_models.import_model(admin, brought, Failing(serve), unheard)
    assert own_models.models(admin) == ()
    assert imported(admin, brought).status is OwnStatus.QUARANTINED
    assert ("model.refused", "refused") in actions(clinic)


def test_findings_of_two_models_stand_side_by_side_and_each_replaces_only_its_own(
    clinic: Workstation, brought: Path
) -> None:
    admin = enter(clinic, ADMIN)
    model = own_models.approve(admin, imported(admin, brought).id, PASSWORD)
    doctor = enter(clinic, DOCTOR)
    series_uid = series_in(doctor)
    shipped = analysing.analyse(doctor, series_uid, Shipped(), unheard)
    own = analysing.analyse_own(doctor, series_uid, model.id, Trying(), unheard)
    assert run_ids(doctor, series_uid) == {shipped.id, own.id}
    again = analysing.analyse_own(doctor, series_uid, model.id, Trying(), unheard)
    assert run_ids(doctor, series_uid) == {shipped.id, again.id}
    newer = analysing.analyse(doctor, series_uid, Shipped("newer"), unheard)
    assert run_ids(doctor, series_uid) == {shipped.id, again.id, newer.id}


def run_ids(session: Session, series_uid: str) -> set[str]:
    """The runs whose findings stand on a series."""
    with session.begin() as work:
        series = work.series.get(series_uid)
        assert series is not None
        found = work.findings.of_study(series.study_uid)
    return {one.run_id for one in found if one.series_uid == series_uid}


class Shipped:
    """The shipped model in one of its versions; it marks one voxel."""

    def __init__(self, version: str = "1") -> None:
        self.version = version

    def card(self) -> ModelCard:
        return ModelCard("shipped", self.version, self.version * 9, "tests", "none", {}, ())

    def analyse(
        self, series: Series, volume: Volume, progress: Progress, priority: Priority = LATER
    ) -> Analysis:
        return marked(self.card(), "", series)
