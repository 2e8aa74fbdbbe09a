"""Claims about doctors: what is open for the patients they treat, and what in an emergency.

The table is security.md 4 written out by hand: T is open to a treating doctor only, B in an
emergency too. Every act is called with ids of a patient another doctor has.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.accounts.records import EmergencyAccess, EmergencyReason
from app.bootstrap import Workstation
from app.errors import ForbiddenError, WorkstationError
from app.records import Role
from app.workflow import admitting, assigning, reporting
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from inference.pipeline.anatomy_outcome import AnatomyRun
from tests.app.storage import records as r
from tests.app.workflow import test_rights as rights
from tests.app.workflow.conftest import ADMIN, CHEAP, DOCTOR, PASSWORD, enter, found_with_people
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, finding, put_study
from tests.app.workflow.test_rights import ACTS, ARGUMENTS
from viewer.records import Annotation, KeyImage, LabelChange

T_AND_B = frozenset(
    [
        "annotating.annotations_of",
        "annotating.key_images_of",
        "asking_reports.ask_reports",
        "comparing_findings.compare_series",
        "displaying.display",
        "displaying.missing",
        "headers.header",
        "labelling.load_corrected",
        "labelling.load_shown",
        "measuring.load_structures",
        "measuring.measurings",
        "reading.load_heat",
        "reading.load_labels",
        "reading.load_middle",
        "reading.load_volume",
        "reading.open_prior",
        "reading.open_study",
        "reading.priors",
        "reading.volumes_of",
        "releasing.withdrawals",
        "revealing.reading_of",
        "reporting.history",
        "reporting.verified",
    ]
)
"""Looking at images and reports: for a treating doctor, and in an emergency."""

T_ONLY = frozenset(
    [
        "amending.append",
        "amending.correct",
        "amending.mark_in_error",
        "analysing.analyse",
        "analysing.analyse_own",
        "annotating.mark_key_image",
        "annotating.put_annotation",
        "annotating.remove_annotation",
        "annotating.unmark_key_image",
        "exporting.export_images",
        "heat_maps.explain",
        "journal.redo",
        "journal.stack",
        "journal.undo",
        "labelling.put_stroke",
        "measuring.measure",
        "outputs.report_pdf",
        "releasing.hand_over",
        "releasing.hand_overs",
        "releasing.standing",
        "releasing.release",
        "releasing.withdraw",
        "referencing.offers",
        "reporting.answer_doubt",
        "reporting.draft",
        "reporting.problems",
        "reporting.save_draft",
        "revealing.reveal",
        "revealing.write_impression",
        "reviewing.accept",
        "reviewing.add",
        "reviewing.decide",
        "reviewing.edit",
        "reviewing.reject",
        "reviewing.rename",
        "reviewing.reset",
        "reviewing.restore",
        "outlining.remeasure",
        "own_findings.add_measured",
        "own_findings.add_outlined",
        "signing.cosign",
        "signing.sign",
        "signing.undecided",
        "printing.print_report",
        "templating.use_template",
    ]
)
"""Deciding, writing, signing, releasing, taking out: never by emergency access."""

SERIES_UID, RUN_ID, ANATOMY_ID = "1.2.840.99999.1.1", "run-1", "anatomy-1"


@pytest.fixture(scope="module")
def doctors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Session]]:
    """D has the study, N has nothing to do with the patient, E opened the chart in an emergency."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGITTAL_KEYRING", "none")
        workstation = Workstation(tmp_path_factory.mktemp("treating") / "home", cost=CHEAP)
        found_with_people(workstation)
        admin = enter(workstation, ADMIN)
        for name in ("nina", "emil"):
            admitting.add_staff(admin, SignUp(Role.DOCTOR, name.title(), name, PASSWORD))
        signed_in = {"D": DOCTOR, "N": "nina", "E": "emil"}
        sessions = {
            letter: replace(enter(workstation, name), ended=threading.Event())
            for letter, name in signed_in.items()
        }
        _prepare(sessions["D"])
        _break_glass(sessions["E"])
        yield sessions
        workstation.close()


def _prepare(doctor: Session) -> None:
    put_study(doctor)
    series = replace(r.SERIES, uid=SERIES_UID, study_uid=STUDY_UID, source_uid=SERIES_UID)
    annotation, key_image = drawn(), marked()
    with doctor.begin() as work:
        work.series.put(series)
        work.runs.put(replace(r.RUN, id=RUN_ID, study_uid=STUDY_UID, series_uid=SERIES_UID))
        work.anatomy.add(_measuring(doctor))
        work.annotations.put(annotation)
        work.key_images.put(key_image)
    assigning.take(doctor, STUDY_UID)


def _measuring(doctor: Session) -> AnatomyRun:
    made = ("anatomy", "1", "00", "cpu", doctor.now(), 1.0, doctor.actor.account_id)
    return AnatomyRun(ANATOMY_ID, STUDY_UID, SERIES_UID, *made)


def drawn() -> Annotation:
    given = ARGUMENTS["annotation"]
    assert isinstance(given, Annotation)
    return replace(given, id="a-1", study_uid=STUDY_UID, series_uid=SERIES_UID)


def marked() -> KeyImage:
    given = ARGUMENTS["key_image"]
    assert isinstance(given, KeyImage)
    return replace(given, id="k-1", study_uid=STUDY_UID, series_uid=SERIES_UID)


def _break_glass(doctor: Session) -> None:
    now = doctor.now()
    with doctor.begin() as work:
        work.emergencies.add(
            EmergencyAccess(
                "e-1",
                PATIENT_ID,
                doctor.actor.account_id,
                EmergencyReason.ON_CALL,
                "Brought in unconscious",
                now - timedelta(minutes=1),
                now + timedelta(hours=3),
            )
        )


@pytest.fixture(scope="module")
def real(doctors: dict[str, Session]) -> dict[str, object]:
    """By parameter name: ids that lead to the patient D has."""
    change = ARGUMENTS["change"]
    assert isinstance(change, LabelChange)
    return {
        **ARGUMENTS,
        "study_uid": STUDY_UID,
        "series_uid": SERIES_UID,
        "series_uids": (SERIES_UID,),
        "source_uid": SERIES_UID,
        "prior_uid": SERIES_UID,
        "run_id": RUN_ID,
        "anatomy_id": ANATOMY_ID,
        "annotation": drawn(),
        "annotation_id": "a-1",
        "key_image": marked(),
        "key_image_id": "k-1",
        "finding": finding("f-1"),
        "findings": (finding("f-1"),),
        "finding_id": "f-1",
        "finding_ids": ("f-1",),
        "change": replace(change, study_uid=STUDY_UID, series_uid=SERIES_UID),
        "report_id": reporting.draft(doctors["D"], STUDY_UID).id,
    }


def refused(name: str, session: Session, real: dict[str, object]) -> bool:
    wanted = list(inspect.signature(ACTS[name]).parameters.values())[1:]
    given = {one.name: real[one.name] for one in wanted if one.default is inspect.Parameter.empty}
    try:
        ACTS[name](session, **given)
    except ForbiddenError:
        return True
    except (WorkstationError, rights.ReachedError, LookupError, ValueError, OSError):
        return False
    return False


@pytest.mark.parametrize("name", sorted(T_AND_B | T_ONLY))
def test_what_is_a_treating_doctors_is_closed_to_another_and_opened_by_an_emergency_as_written(
    name: str, doctors: dict[str, Session], real: dict[str, object]
) -> None:
    assert refused(name, doctors["N"], real)
    assert refused(name, doctors["E"], real) is (name in T_ONLY)


@pytest.mark.parametrize("name", sorted(T_AND_B))
def test_looking_is_open_to_who_treats(
    name: str, doctors: dict[str, Session], real: dict[str, object]
) -> None:
    assert not refused(name, doctors["D"], real)


def test_every_act_that_is_a_doctors_alone_is_in_a_row() -> None:
    beside = {
        *("macros.macros", "macros.remove_macro", "macros.save_macro"),
        *("own_words.add_word", "own_words.own_words", "own_words.remove_word"),
        "assigning.take",
        "emergency.standing",
        "emergency.start",
        "emergency.stop",
        "emergency.whose",
        "own_models.usable",
        "reauthenticating.reauthenticate",
        "reauthenticating.second_doctor",
        "thumbnails.thumbnail",
    }
    mine = {name for name, who in rights.EXPECTED.items() if who == "D"}
    assert mine - beside <= T_AND_B | T_ONLY


def test_a_picture_of_a_study_somebody_has_is_not_shown(doctors: dict[str, Session]) -> None:
    assert ACTS["thumbnails.thumbnail"](doctors["N"], STUDY_UID) is None


def test_every_refusal_is_recorded_with_patient_and_right(
    doctors: dict[str, Session], real: dict[str, object]
) -> None:
    with doctors["D"].begin() as work:
        before = work.audit.head()[0]
    assert refused("signing.sign", doctors["N"], real)
    with doctors["D"].begin() as work:
        lines = [one for one in work.audit.entries(5) if one.seq > before]
    assert [(one.action, one.subject, one.patient_id, one.outcome) for one in lines] == [
        ("access.refused", "sign_report", PATIENT_ID, "refused")
    ]
