"""Claims about rights: every act for every role, written down apart from the policy.

``EXPECTED`` names who may do each public act of app.workflow: D doctor, R receptionist,
A administrator, P patient for the own data. A new act that is not named here fails.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

import app.workflow
from app.accounts.records import Verdict
from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError, WorkstationError
from app.records import AnswerFault, AuditFilter, ReadMode, Role, WorklistFilter
from app.workflow import (
    booking,
    explaining,
    importing,
    outputs,
    releasing,
    reviewing,
    signing,
)
from app.workflow.auditing import ExportForm
from app.workflow.calendar_sheet import Scope
from app.workflow.explaining import Helpers, Message
from app.workflow.exporting import ExportKind
from app.workflow.joining import Offer
from app.workflow.outputs import Eyes
from app.workflow.pictures import pictures
from app.workflow.recording import NewPatient
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings
from app.workflow.signing_up import SignUp
from app.workflow.waiting_list import WaitingFor
from assistant.knowledge.library import Library
from assistant.leaflets.reading import ReadLeaflet
from assistant.records import Doubt, DoubtKind, Explanation, Report, ReportStatus
from inference.explain.methods import DEFAULT
from inference.records import FindingStatus
from scheduling.places import Absence, Place, Resource, ResourceKind, VisitType
from scheduling.records import Appointment, AppointmentStatus, Availability, CancelReason, Slot
from scheduling.rules.hours import HoursEdit
from tests.app.workflow.conftest import (
    ADMIN,
    CHEAP,
    DESK,
    DOCTOR,
    PASSWORD,
    PATIENT,
    enter,
    found_with_people,
    sign_up,
)
from tests.app.workflow.rights_table import EXPECTED
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    finding,
    first_slot,
    give_hours,
    match,
    put_study,
    read_draft,
)
from tests.viewer.series_writer import write_series
from viewer.records import (
    Annotation,
    AnnotationKind,
    KeyImage,
    LabelChange,
    Patient,
    Study,
    WindowLevel,
)

_SOON = datetime(2030, 1, 7, 9, tzinfo=UTC)


class ReachedError(Exception):
    """Raised by a prepared argument: the act has begun, so it was allowed."""


def _reached(*_: object, **__: object) -> None:
    raise ReachedError


class _Analyser:
    def __getattr__(self, name: str) -> object:
        raise ReachedError


_HERE = ("absent", "absent", "absent")
_FLAT = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_BOX = np.zeros((1, 1, 1), np.uint8)

ARGUMENTS: Mapping[str, object] = {
    "annotation": Annotation(*_HERE, AnnotationKind.PROBE, _FLAT[:1], *_FLAT[1:], 1.0, _SOON),
    "absence": Absence("absent", "absent", _SOON.date(), _SOON.date()),
    "absence_id": "absent",
    "anatomy_id": "absent",
    "because": CancelReason.OTHER,
    "asked_and_answered": ("", ""),
    "conversation_id": "absent",
    "fault": AnswerFault.OTHER,
    "outcome": "x",
    "review_id": "absent",
    "before": Appointment(
        *_HERE, _SOON, _SOON + timedelta(minutes=30), AppointmentStatus.BOOKED, "absent", _SOON
    ),
    "message": Message("Hello"),
    "with_whom": Helpers(),
    "count": 2,
    "every_days": 7,
    "daily": False,
    "folder": Path("absent"),
    "first": Slot(_SOON, _SOON + timedelta(minutes=30), "absent"),
    "hold_id": "absent",
    "hours": Availability("absent", "absent", 0, time(9), time(12), 30, _SOON.date()),
    "resource": Resource("absent", "absent", ResourceKind.ROOM, "Room"),
    "site": Place("absent", "Nowhere", "Mars/Olympus"),
    "slots": (Slot(_SOON, _SOON + timedelta(minutes=30), "absent"),),
    "targets": {"absent": Slot(_SOON, _SOON + timedelta(minutes=30), "absent")},
    "status": AppointmentStatus.ARRIVED,
    "subject_id": "absent",
    "visit": VisitType("v", "Visit", 30, active=False),
    "waiting_id": "absent",
    "why": "x",
    "wish": WaitingFor(_SOON.date(), _SOON.date(), visit_type_id="absent"),
    "annotation_id": "absent",
    "centre_mm": (0.0, 0.0, 0.0),
    "release_id": 0,
    "change": LabelChange(*_HERE, (0, 0, 0), _BOX, _BOX),
    "instance_uid": "absent",
    "key_image": KeyImage(*_HERE, *_FLAT, WindowLevel(1.0, 1.0), _SOON),
    "key_image_id": "absent",
    "abbreviation": "absent",
    "access_id": "absent",
    "number": "absent",
    "shape": ExportForm.JSON_LINES,
    "sought": AuditFilter(),
    "account_id": "absent",
    "verdict": Verdict.JUSTIFIED,
    "words": "Brought in unconscious",
    "word": "",
    "after": _SOON,
    "analyser": _Analyser(),
    "appointment_id": "absent",
    "wishes": {},
    "taken": (),
    "code": "x",
    "conflict_id": "absent",
    "confidence": 3,
    "email": "",
    "ends": _SOON + timedelta(hours=1),
    "explainer": _Analyser(),
    "explanation": Explanation("absent", 1, (), None),
    "profile": None,
    "finding": finding("absent"),
    "finding_id": "absent",
    "finding_ids": ("absent",),
    "findings": (finding("absent"),),
    "form": SignUp(Role.PATIENT, "Eve", "eve", PASSWORD),
    "history": (),
    "offer": Offer(Patient("absent", "Eve"), ()),
    "person": NewPatient("Eve Newcomer", _SOON.date() - timedelta(days=9000)),
    "record_id": "absent",
    "kind": ExportKind.PICTURE,
    "label": "",
    "language": "en",
    "label_value": 1,
    "chat_format": "chatml",
    "lesion": True,
    "licence": "x",
    "start": _reached,
    "wording": False,
    "limit": 1,
    "meter": _Analyser(),
    "method": DEFAULT,
    "model": None,
    "model_id": "absent",
    "name": "absent",
    "note": "",
    "on_token": _reached,
    "password": PASSWORD,
    "path": Path("absent"),
    "paths": [],
    "patient_id": PATIENT_ID,
    "phone": "",
    "place": "",
    "placer": _Analyser(),
    "prior_uid": "absent",
    "practitioner_ids": (),
    "practitioner_id": "absent",
    "practitioner_name": "",
    "progress": _reached,
    "eyes": Eyes.RECORD,
    "doubt": Doubt(DoubtKind.SIDE, "absent"),
    "reason": "x",
    "relation": "x",
    "report_id": "absent",
    "to_name": "x",
    "username": "absent",
    "run_id": "absent",
    "runner": _Analyser(),
    "sections": (),
    "series_uid": "absent",
    "series_uids": ("absent",),
    "server_url": "nonsense",
    "settings": ClinicSettings(
        smtp_host="mail.example", smtp_sender="not an address", read_mode=ReadMode.CONCURRENT
    ),
    "slot": Slot(_SOON, _SOON + timedelta(minutes=30), "absent"),
    "slot_minutes": 1,
    "slice_index": 0,
    "source_uid": "absent",
    "specialty": "",
    "edit": HoursEdit(),
    "scope": Scope(_SOON.date(), _SOON.date()),
    "starts": _SOON,
    "study_uid": "absent",
    "template_id": "absent",
    "leaflet": ReadLeaflet("", "en", "a.txt", "0" * 64, 0, ()),
    "leaflet_id": "absent",
    "library": Library(lambda: None),
    "title": "",
    "text": "Hello",
    "to_prior": np.eye(4),
    "wanted": WorklistFilter(),
    "weekday": 0,
    "write": _reached,
    "availability_id": "absent",
}
"""By parameter name; most lead nowhere, so that an allowed act changes nothing."""


def acts() -> dict[str, Callable[..., object]]:
    """Return every public function of app.workflow that takes a session first."""
    found: dict[str, Callable[..., object]] = {}
    for module in pkgutil.iter_modules(app.workflow.__path__):
        loaded = importlib.import_module(f"app.workflow.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters.values()), None)
            mine = function.__module__ == loaded.__name__ and not name.startswith("_")
            if mine and first is not None and first.annotation == "Session":
                found[f"{module.name}.{name}"] = function
    return found


ACTS = acts()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Session]]:
    """Five people signed in at once, which the clinic itself allows nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGITTAL_KEYRING", "none")
        workstation = Workstation(tmp_path_factory.mktemp("rights") / "home", cost=CHEAP)
        found_with_people(workstation)
        _prepare(workstation)
        sign_up(workstation, Role.PATIENT, "una", "Una Unmatched")
        names = {"D": DOCTOR, "R": DESK, "A": ADMIN, "P": PATIENT, "U": "una"}
        yield {
            letter: replace(enter(workstation, name), ended=threading.Event())
            for letter, name in names.items()
        }
        workstation.close()


def _prepare(workstation: Workstation) -> None:
    doctor = enter(workstation, DOCTOR)
    put_study(doctor)
    with doctor.begin() as work:
        work.patients.put(Patient("other", "Other, Ole"))
    match(workstation)
    give_hours(workstation)


def call(name: str, session: Session) -> str:
    """Return whether the act was refused for want of a right, or went on, whatever became of it."""
    function = ACTS[name]
    wanted = list(inspect.signature(function).parameters.values())[1:]
    given = {one.name: _argument(name, one.name, session) for one in wanted if _needed(one)}
    try:
        function(session, **given)
    except ForbiddenError:
        return "refused"
    except (WorkstationError, ReachedError, LookupError, ValueError):
        return "went on"
    except Exception as error:
        assert type(error).__module__.split(".")[0] in {"assistant", "scheduling", "sync"}, error  # noqa: PT017
    return "went on"


def _needed(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty


def _argument(act: str, name: str, session: Session) -> object:
    if act == "booking.add_availability" and name in {"starts", "ends"}:
        return time(9)
    if name == "report":
        return _report(session)
    return ARGUMENTS[name]


def _report(session: Session) -> Report:
    return Report("r", 1, STUDY_UID, PATIENT_ID, "x", ReportStatus.PARTIAL, session.now(), ())


def allowed_for(name: str, people: Mapping[str, Session]) -> str:
    return "".join(who for who, session in people.items() if call(name, session) == "went on")


def test_every_act_is_in_the_table() -> None:
    assert set(ACTS) == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_each_act_is_open_to_whom_the_table_says(
    name: str, people: dict[str, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.dicom.example.build_example", _reached)
    assert allowed_for(name, people) == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(name for name in ACTS if EXPECTED[name] != "DRAPU"))
def test_an_act_that_forgot_to_ask_is_found(
    name: str, people: dict[str, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant of each act: it no longer asks, and the table says so."""
    monkeypatch.setattr("viewer.dicom.example.build_example", _reached)
    monkeypatch.setattr(Session, "authorize", lambda *_, **__: None)
    assert allowed_for(name, people) != EXPECTED[name]


def test_a_doctor_edits_the_own_hours(people: dict[str, Session]) -> None:
    doctor = people["D"]
    made = booking.add_availability(
        doctor,
        practitioner_id=doctor.actor.practitioner_id,
        weekday=0,
        starts=time(18),
        ends=time(19),
        slot_minutes=30,
    )
    booking.remove_availability(doctor, made.practitioner_id, made.id)


def test_a_patient_reaches_nothing_of_somebody_else(people: dict[str, Session]) -> None:
    """Somebody else's record and one that does not exist are answered alike."""
    doctor, patient = people["D"], people["P"]
    theirs = _released_report_of_other(doctor)
    slot = first_slot(doctor)
    visit = booking.book(doctor, slot, "other")

    def ask(report_id: str) -> object:
        return explaining.ask(patient, report_id, Message("Hello"), Helpers(), _reached)

    for act, theirs_id, absent in (
        (lambda one: explaining.explain(patient, one), theirs.id, "absent"),
        (ask, theirs.id, "absent"),
        (lambda one: outputs.report_pdf(patient, one), theirs.id, "absent"),
        (lambda one: booking.cancel(patient, one), visit.id, "absent"),
        (lambda one: booking.book(patient, slot, one), "other", "absent"),
    ):
        answers = []
        for one in (theirs_id, absent):
            with pytest.raises((ForbiddenError, NotFoundError)) as refusal:
                act(one)
            answers.append((type(refusal.value), str(refusal.value)))
        assert answers[0] == answers[1]
    assert theirs not in explaining.my_reports(patient)
    assert visit not in [one.appointment for one in booking.my_appointments(patient)]


def _released_report_of_other(doctor: Session) -> Report:
    with doctor.begin() as work:
        work.studies.put(Study("1.2.3.other", "other", doctor.now(), "MRI head"))
        work.findings.put(replace(finding("f-other"), study_uid="1.2.3.other"))
    reviewing.accept(doctor, "f-other")
    draft = read_draft(doctor, "1.2.3.other")
    report = signing.sign(doctor, draft.id, PASSWORD)
    releasing.release(doctor, report.id)
    return report


def test_a_report_from_elsewhere_shows_no_image_of_another_study(
    people: dict[str, Session], tmp_path: Path
) -> None:
    doctor = people["D"]
    write_series(tmp_path / "drop", n=5)
    outcome = importing.import_paths(doctor, [tmp_path / "drop"], lambda *_: None)
    with doctor.begin() as work:
        series = work.series.of_study(outcome.studies[0])[0]
        study = work.studies.get(series.study_uid)
    assert study is not None
    shown = replace(
        finding("f-x"), series_uid=series.uid, slice_index=2, status=FindingStatus.ACCEPTED
    )
    mine = replace(_report(doctor), findings=(shown,))
    assert pictures(people["P"], mine) == ()
    own = replace(mine, study_uid=study.uid, patient_id=study.patient_id)
    assert len(pictures(doctor, own)) == 1
