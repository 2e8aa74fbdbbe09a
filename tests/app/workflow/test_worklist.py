"""The worklist through the workflow: what each role sees, filters people keep, small pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError, WorkstationError
from app.records import Role, Urgency, WorklistFilter, WorklistStatus
from app.workflow import admitting, assigning, importing, thumbnails, worklist, worklist_filters
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from inference.records import RunOutcome
from tests.app.storage.records import RUN
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, finding, put_study
from tests.viewer.series_writer import write_series
from viewer.records import Study


def suspected_and_newer(doctor: Session) -> None:
    """A suspected lesion that came in first, and a newer study no model has seen."""
    put_study(doctor)
    with doctor.begin() as work:
        found = replace(finding("f-1"), run_id="run")
        ran = replace(RUN, id="run", study_uid=STUDY_UID, outcome=RunOutcome.FINDINGS)
        work.runs.put(ran)
        work.findings.put(found)
        later = datetime.now(UTC) + timedelta(minutes=5)
        work.studies.put(Study("1.9", PATIENT_ID, later, "MRI neck"))


def test_the_desk_sees_who_is_there_but_nothing_a_model_found(clinic: Workstation) -> None:
    doctor = enter(clinic, DOCTOR)
    suspected_and_newer(doctor)
    seen = worklist.listed(doctor).entries
    assert [(one.study_uid, one.urgency, one.flag) for one in seen] == [
        (STUDY_UID, Urgency.SUSPECTED, "Lesion suspected"),
        ("1.9", Urgency.UNJUDGED, "Not analysed yet"),
    ]
    desk = enter(clinic, DESK)
    seen = worklist.listed(desk).entries
    assert [(one.study_uid, one.urgency, one.flag) for one in seen] == [
        ("1.9", None, ""),
        (STUDY_UID, None, ""),
    ]
    assert "uspect" not in repr(seen)
    assert [one.patient_name for one in seen] == ["Canary, Zoe"] * 2


def test_the_desk_can_neither_filter_by_urgency_nor_see_a_picture(clinic: Workstation) -> None:
    suspected_and_newer(enter(clinic, DOCTOR))
    desk = enter(clinic, DESK)
    with pytest.raises(ForbiddenError):
        worklist.listed(desk, "", WorklistFilter(urgencies=(Urgency.SUSPECTED,)))
    with pytest.raises(ForbiddenError):
        thumbnails.thumbnail(desk, STUDY_UID)
    unread = WorklistFilter(statuses=(WorklistStatus.UNREAD,), unread=True)
    assert len(worklist.listed(desk, "canary", unread).entries) == 2


def test_filters_are_each_persons_own_and_outlive_the_session(clinic: Workstation) -> None:
    doctor = enter(clinic, DOCTOR)
    wanted = WorklistFilter(
        statuses=(WorklistStatus.DRAFT,),
        urgencies=(Urgency.SUSPECTED,),
        modalities=("MR",),
        last_days=7,
        mine=True,
    )
    worklist_filters.save_filter(doctor, "  My   week ", wanted)
    worklist_filters.save_filter(doctor, "All drafts", WorklistFilter())
    doctor = enter(clinic, DOCTOR)
    kept = worklist_filters.saved_filters(doctor)
    assert [one.name for one in kept] == ["All drafts", "My week"]
    assert kept[1].filter == wanted
    assert worklist_filters.saved_filters(enter(clinic, DESK)) == ()
    doctor = enter(clinic, DOCTOR)
    worklist_filters.remove_filter(doctor, "All drafts")
    with pytest.raises(NotFoundError):
        worklist_filters.remove_filter(doctor, "All drafts")
    assert [one.name for one in worklist_filters.saved_filters(doctor)] == ["My week"]


def test_a_filter_without_a_name_and_a_tenth_one_are_refused_in_words(clinic: Workstation) -> None:
    doctor = enter(clinic, DOCTOR)
    with pytest.raises(WorkstationError, match="name"):
        worklist_filters.save_filter(doctor, "  ", WorklistFilter())
    for number in range(9):
        worklist_filters.save_filter(doctor, f"filter {number}", WorklistFilter())
    with pytest.raises(WorkstationError, match="nothing was changed"):
        worklist_filters.save_filter(doctor, "one more", WorklistFilter())
    worklist_filters.save_filter(doctor, "filter 3", WorklistFilter(mine=True))
    assert worklist_filters.saved_filters(doctor)[3].filter.mine


def test_a_picture_is_made_once_and_kept_encrypted(
    clinic: Workstation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = enter(clinic, DOCTOR)
    write_series(tmp_path / "drop", n=9)
    outcome = importing.import_paths(doctor, [tmp_path / "drop"], lambda *_: None)
    (study_uid,) = outcome.studies
    before = pixel_files(tmp_path)
    picture = thumbnails.thumbnail(doctor, study_uid)
    assert picture is not None
    assert (picture.ndim, picture.dtype, max(picture.shape) <= 96) == (2, np.uint8, True)
    assert picture.max() > picture.min()
    (made,) = pixel_files(tmp_path) - before
    assert picture.tobytes()[:64] not in made.read_bytes()
    assert not [one for one in tmp_path.rglob("*") if one.suffix in {".png", ".jpg", ".bmp"}]
    monkeypatch.setattr(thumbnails, "small_picture", None)
    again = thumbnails.thumbnail(doctor, study_uid)
    assert again is not None
    assert np.array_equal(again, picture)
    doctor.storage.pixels.sweep(named_files(doctor), 0.0, 1e12)
    assert made.exists()


def named_files(session: Session) -> frozenset[str]:
    from app.storage.work import _named_files  # noqa: PLC0415 - what the sweep itself asks

    with session.begin() as work:
        return _named_files(work.audit._connection)


def pixel_files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("pixels/??/*") if path.is_file()}


def test_a_study_without_images_has_no_picture(clinic: Workstation) -> None:
    doctor = enter(clinic, DOCTOR)
    put_study(doctor)
    assert thumbnails.thumbnail(doctor, STUDY_UID) is None
    with pytest.raises(NotFoundError):
        thumbnails.thumbnail(doctor, "absent")


def test_a_picture_of_a_patient_one_does_not_treat_is_left_out_without_a_refusal(
    clinic: Workstation, tmp_path: Path
) -> None:
    """The list asks for pictures by itself, so nothing was attempted that is to be recorded."""
    admin = enter(clinic, ADMIN)
    admitting.add_staff(admin, SignUp(Role.DOCTOR, "Otto Second", "otto", PASSWORD))
    doctor = enter(clinic, DOCTOR)
    write_series(tmp_path / "drop", n=9)
    (study_uid,) = importing.import_paths(doctor, [tmp_path / "drop"], lambda *_: None).studies
    assigning.take(doctor, study_uid)
    assert thumbnails.thumbnail(doctor, study_uid) is not None
    other = enter(clinic, "otto")
    assert thumbnails.thumbnail(other, study_uid) is None
    with other.begin() as work:
        lines = work.audit.entries(limit=50)
    assert "access.refused" not in {line.action for line in lines}
