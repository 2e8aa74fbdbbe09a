"""Claims about the server's news: nothing lost, nothing overwritten, nothing stops the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.bootstrap import Workstation
from app.errors import SignedReportError, TamperedReportError
from app.workflow import admitting, auditing, outputs, reporting, reviewing, sending, signing
from app.workflow.ledger import ClinicLedger
from app.workflow.outgoing import send_patient_once
from app.workflow.seal import Signer, check_seal, sealed
from app.workflow.sending import ClinicBooks
from app.workflow.session import Session
from app.workflow.telling import tell
from assistant.records import Report, ReportStatus, Section
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Channel,
    NoticeKind,
    Practitioner,
    Purpose,
)
from sync import engine
from sync.errors import PeerAwayError, WireError
from sync.records import Envelope, Incoming, Receipt
from sync.wire.datatypes import extension
from sync.wire.people import patient_to_fhir, practitioner_to_fhir, preferences_from_fhir
from sync.wire.reports import report_to_fhir
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, put_study, read_draft, see_today
from viewer.records import Patient, Study

KEY = Ed25519PrivateKey.generate()


class Feed:
    """A server that only tells; what is pushed lands."""

    def __init__(self, *news: Mapping[str, Any], away: bool = False) -> None:
        self._news = tuple(
            Incoming(str(body["resourceType"]), str(body["id"]), str(number), body)
            for number, body in enumerate(news, start=1)
        )
        self._away = away
        self.pushed: list[Envelope] = []

    def push(self, envelope: Envelope, mark: str = "") -> Receipt:
        if self._away:
            raise PeerAwayError("The server cannot be reached.")
        self.pushed.append(envelope)
        return Receipt(envelope.id, "1000", envelope.created_at)

    def landed(self, envelope: Envelope) -> Receipt | None:
        return None

    def read(self, resource_type: str, resource_id: str) -> Incoming | None:
        return None

    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]:
        return ((), cursor) if cursor else (self._news, f"{len(self._news)}.x")


def hear(session: Session, feed: Feed) -> engine.TurnResult:
    return engine.turn(ClinicBooks(session.storage, session.now()), feed, session.now())


def report_from_elsewhere(session: Session, **changes: Any) -> Report:
    """Return a report another workstation signed, by a doctor who has no account here."""
    plain = Report(
        id="there-1",
        version=1,
        study_uid=STUDY_UID,
        patient_id=PATIENT_ID,
        author_id="dr-there",
        status=ReportStatus.PARTIAL,
        updated_at=session.now(),
        sections=(Section("Impression", "A mass on the left."),),
        patient_line="Canary, Zoe · birth date not given · MRN-1",
    )
    return signed(replace(plain, **changes), session)


def signed(
    report: Report,
    session: Session,
    key: Ed25519PrivateKey = KEY,
    status: ReportStatus = ReportStatus.FINAL,
) -> Report:
    return sealed(
        report,
        Signer(report.author_id, "Dr There", key),
        meaning="x",
        signed_at=session.now(),
        status=status,
    )


def wire(report: Report, name: str = "Canary, Zoe") -> dict[str, Any]:
    return report_to_fhir(report, patient=Patient(report.patient_id, name), practitioner=None)


@pytest.fixture
def doctor(clinic: Workstation) -> Session:
    return enter(clinic, DOCTOR)


def test_a_report_of_an_unknown_patient_is_kept_until_the_patient_comes(doctor: Session) -> None:
    report = report_from_elsewhere(doctor)
    patient = Patient(PATIENT_ID, "Canary, Zoe", mrn="MRN-1", phone="+33612345678")
    assert hear(doctor, Feed(wire(report), patient_to_fhir(patient))).reason == ""
    see_today(doctor)
    assert reporting.verified(doctor, report.id) == report
    with doctor.begin() as work:
        assert work.patients.get(PATIENT_ID) == patient


def _poison() -> list[Mapping[str, Any]]:
    name = [{"text": "Zoe"}]
    days = {"url": "day", "valueCode": "mon"}
    return [
        {"resourceType": "Patient", "id": "p-1"},
        {"resourceType": "Patient", "id": "p-2", "name": name, "communication": [{"language": 7}]},
        {"resourceType": "Patient", "id": "p-3", "name": [{"given": None}]},
        {"resourceType": "Patient", "id": "p-4", "name": [{"text": "lone \ud800 half"}]},
        {"resourceType": "Practitioner", "id": "d-1", "name": 3},
        practitioner_to_fhir(Practitioner("d-2", "Dr Nowhere", "x", "Mars/Olympus")),
        {"resourceType": "Schedule", "id": "s-1", "actor": [1], "planningHorizon": "always"},
        {
            "resourceType": "Schedule",
            "id": "s-2",
            "actor": [{"reference": "Practitioner/d-9"}],
            "planningHorizon": {"start": "2026-01-01"},
            "extension": [{"url": "weekly-availability", "extension": [days]}],
        },
        {
            "resourceType": "Appointment",
            "id": "a-1",
            "status": "booked",
            "start": "2026-01-01T10:00:00Z",
            "end": "2026-01-01T09:00:00Z",
            "participant": [
                {"actor": {"reference": "Patient/x"}},
                {"actor": {"reference": "Practitioner/y"}},
            ],
        },
        {"resourceType": "DiagnosticReport", "id": "r-1", "presentedForm": [{"data": 5}]},
        {"resourceType": "Unheard", "id": "u-1"},
    ]


def test_what_cannot_be_kept_is_noted_and_stops_nothing(
    clinic: Workstation, doctor: Session
) -> None:
    poison = _poison()
    good = patient_to_fhir(Patient("p-good", "Good, Ada"))
    assert hear(doctor, Feed(*poison, good)).reason == ""
    with doctor.begin() as work:
        assert work.patients.get("p-good") is not None
        assert [one.name for one in work.practitioners.all()] == ["Iris Moreau"]
    noted = auditing.lines(enter(clinic, ADMIN)).entries
    unreadable = {one.subject for one in noted if one.action == "server.unreadable"}
    assert unreadable >= {f"Patient/p-{number}" for number in (1, 2, 4)}
    assert "Practitioner/d-2" in unreadable
    assert "DiagnosticReport/r-1" in unreadable


def test_a_row_the_database_refuses_leaves_the_rows_around_it(
    doctor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The savepoint does it: without one the turn ends and comes back for ever."""
    report = wire(report_from_elsewhere(doctor))
    good = patient_to_fhir(Patient("p-good", "Good, Ada"))
    before = patient_to_fhir(Patient("p-before", "Before, Bo"))
    monkeypatch.setattr(ClinicLedger, "_house", _house_without_patient)
    assert hear(doctor, Feed(before, report, good)).reason == ""
    with doctor.begin() as work:
        assert work.patients.get("p-good") is not None
        assert work.patients.get("p-before") is not None
        assert work.reports.get("there-1") is None


def test_news_in_order_make_the_versions_in_order(doctor: Session) -> None:
    put_study(doctor)
    first = report_from_elsewhere(doctor)
    assert first.signature is not None
    second = signed(
        replace(
            first,
            version=2,
            sections=(*first.sections, Section("Addendum 1", "By telephone.")),
            previous_digest=first.signature.digest,
        ),
        doctor,
        status=ReportStatus.APPENDED,
    )
    hear(doctor, Feed(wire(first), wire(second), wire(first)))
    see_today(doctor)
    assert reporting.history(doctor, first.id) == (first, second)
    assert reporting.verified(doctor, first.id) == second


@pytest.mark.parametrize("status", [ReportStatus.FINAL, ReportStatus.APPENDED])
def test_a_version_that_follows_something_else_is_refused_and_noted(
    doctor: Session, status: ReportStatus
) -> None:
    put_study(doctor)
    first = report_from_elsewhere(doctor)
    stray = signed(replace(first, version=2, previous_digest="00" * 32), doctor, status=status)
    hear(doctor, Feed(wire(first), wire(stray)))
    see_today(doctor)
    assert reporting.history(doctor, first.id) == (first,)
    with doctor.begin() as work:
        assert ("server.unreadable", "refused") in {
            (line.action, line.outcome) for line in work.audit.entries(10)
        }


def test_a_draft_here_survives_a_report_signed_elsewhere(doctor: Session) -> None:
    put_study(doctor)
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    words = tuple(replace(part, text=f"{part.text} Mine.") for part in draft.sections)
    mine = reporting.save_draft(doctor, draft.id, words)
    theirs = report_from_elsewhere(doctor, updated_at=doctor.now() - timedelta(hours=1))
    assert hear(doctor, Feed(wire(theirs))).reason == ""
    with doctor.begin() as work:
        assert work.reports.of_study(STUDY_UID) == theirs
        assert work.reports.get(draft.id) == mine
    assert [one.resource_id for one in sending.conflicts(doctor)] == [draft.id]
    with pytest.raises(SignedReportError, match="meanwhile"):
        signing.sign(doctor, draft.id, PASSWORD)
    assert reporting.save_draft(doctor, draft.id, draft.sections).sections == draft.sections


def test_the_first_sight_of_a_patient_keeps_the_telephone_known_here(doctor: Session) -> None:
    put_study(doctor)
    admitting.update_contact(doctor, PATIENT_ID, email="zoe@example.org", phone="+33612345678")
    hear(doctor, Feed(patient_to_fhir(Patient(PATIENT_ID, "Canary, Zoe", mrn="MRN-1"))))
    with doctor.begin() as work:
        patient = work.patients.get(PATIENT_ID)
    assert patient is not None
    assert (patient.email, patient.phone) == ("zoe@example.org", "+33612345678")


def test_later_the_server_may_take_a_telephone_away(doctor: Session) -> None:
    here = Patient(PATIENT_ID, "Canary, Zoe", phone="+33612345678")
    hear(doctor, Feed(patient_to_fhir(here), patient_to_fhir(replace(here, phone=""))))
    with doctor.begin() as work:
        assert work.patients.get(PATIENT_ID) == replace(here, phone="")


def test_a_changed_contact_goes_to_a_server_that_knows_the_patient(doctor: Session) -> None:
    put_study(doctor)
    with doctor.begin() as work:
        send_patient_once(work, PATIENT_ID, doctor.now())
    admitting.update_contact(doctor, PATIENT_ID, email="", phone="+33612345678")
    feed = Feed()
    hear(doctor, feed)
    bodies = [one.body for one in feed.pushed if one.resource_type == "Patient"]
    assert len(bodies) == 2
    assert "+33612345678" in str(bodies[-1])


def test_how_a_patient_wants_to_be_written_to_travels_with_the_patient(doctor: Session) -> None:
    put_study(doctor)
    with doctor.begin() as work:
        send_patient_once(work, PATIENT_ID, doctor.now())
    no_sms = {(Channel.SMS, purpose): False for purpose in Purpose}
    kept = admitting.update_preferences(
        doctor, PATIENT_ID, no_sms, language="fr", zone="Europe/Paris"
    )
    theirs = replace(kept, patient_id="p-other")
    feed = Feed(patient_to_fhir(Patient("p-other", "Other, Ole"), theirs))
    hear(doctor, feed)
    body = [one.body for one in feed.pushed if one.resource_type == "Patient"][-1]
    assert preferences_from_fhir(body) == kept
    assert admitting.contact_preferences(doctor, "p-other") == theirs
    broken = {**body, "extension": [extension("contact-answer", extension=[{"url": "channel"}])]}
    with pytest.raises(WireError, match="preferences"):
        preferences_from_fhir(broken)


def test_a_new_address_gets_the_reminders_and_the_old_one_nothing_more(doctor: Session) -> None:
    put_study(doctor)
    admitting.update_contact(doctor, PATIENT_ID, email="old@example.org", phone="")
    starts = doctor.now() + timedelta(days=9)
    with doctor.begin() as work:
        visit = Appointment(
            "a-1",
            PATIENT_ID,
            doctor.actor.practitioner_id,
            starts,
            starts + timedelta(minutes=30),
            AppointmentStatus.BOOKED,
            "desk",
            doctor.now(),
        )
        work.appointments.put(visit)
        tell(work, visit, NoticeKind.CONFIRMATION, doctor.now())
        tell(work, visit, NoticeKind.REMINDER, doctor.now())
    admitting.update_contact(doctor, PATIENT_ID, email="new@example.org", phone="")
    with doctor.begin() as work:
        planned = {(one.kind, one.recipient) for one in work.notices.of_appointment("a-1")}
    assert planned == {
        (NoticeKind.CONFIRMATION, "old@example.org"),
        (NoticeKind.REMINDER, "new@example.org"),
    }


def test_a_report_signed_again_with_another_key_is_detected(doctor: Session) -> None:
    put_study(doctor)
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    report = signing.sign(doctor, draft.id, PASSWORD)
    forged = sealed(
        replace(report, id="forged", sections=(Section("Impression", "Normal."),)),
        Signer(doctor.actor.practitioner_id, doctor.actor.name, Ed25519PrivateKey.generate()),
        meaning="x",
        signed_at=doctor.now(),
        status=ReportStatus.FINAL,
    )
    check_seal(forged)
    with doctor.begin() as work:
        work.reports.put(forged)
    assert reporting.verified(doctor, report.id) == report
    for read in (reporting.verified, reporting.history, outputs.report_pdf):
        with pytest.raises(TamperedReportError, match="did not sign"):
            read(doctor, "forged")


def test_a_doctor_of_two_workstations_is_believed_at_both(doctor: Session) -> None:
    put_study(doctor)
    report = report_from_elsewhere(doctor, author_id=doctor.actor.practitioner_id)
    hear(doctor, Feed(wire(report)))
    assert reporting.verified(doctor, report.id) == report


def test_a_long_queue_behind_one_envelope_holds_nobody_else_up(doctor: Session) -> None:
    put_study(doctor)
    hear(doctor, Feed())  # what founding the clinic had queued
    with doctor.begin() as work:
        send_patient_once(work, PATIENT_ID, doctor.now())
    for number in range(60):
        admitting.update_contact(doctor, PATIENT_ID, email="", phone=f"+336123456{number:02}")
    hear(doctor, Feed(away=True))
    with doctor.begin() as work:
        work.patients.put(Patient("p-other", "Other, Ole"))
        send_patient_once(work, "p-other", doctor.now())
    feed = Feed()
    hear(doctor, feed)
    assert "p-other" in {one.resource_id for one in feed.pushed}


def _house_without_patient(ledger: ClinicLedger, report: Report) -> None:
    """Do it wrong: a study whose patient is not here."""
    ledger._work.studies.put(Study(report.study_uid, "nobody", report.updated_at))


def test_a_release_and_its_withdrawal_elsewhere_reach_this_workstation(doctor: Session) -> None:
    report = report_from_elsewhere(doctor)
    patient = Patient(PATIENT_ID, "Canary, Zoe")
    at = doctor.now()
    later = at + timedelta(minutes=5)
    released = report_to_fhir(report, patient=patient, practitioner=None, released_at=at)
    back = report_to_fhir(
        report, patient=patient, practitioner=None, withdrawn=(later, "Please call us.")
    )
    hear(doctor, Feed(wire(report), released, back, released))
    with doctor.begin() as work:
        assert work.reports.released_at(report.id) is None
        assert [one.reason for one in work.withdrawals.of_report(report.id)] == ["Please call us."]


def test_a_report_altered_in_the_outbox_is_not_sent(doctor: Session) -> None:
    put_study(doctor)
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    report = signing.sign(doctor, draft.id, PASSWORD)
    with doctor.begin() as work:
        waiting = work.envelopes.waiting_for("DiagnosticReport", report.id)[0]
        body = {**waiting.body, "conclusion": "Normal."}
        other = report_to_fhir(
            signed(replace(report, sections=(Section("Impression", "Normal."),)), doctor),
            patient=Patient(PATIENT_ID, "Canary, Zoe"),
            practitioner=None,
        )
        forms = {"presentedForm": other["presentedForm"], "extension": other["extension"]}
        work.envelopes.update(replace(waiting, body={**body, **forms}))
    feed = Feed()
    hear(doctor, feed)
    assert "DiagnosticReport" not in {one.resource_type for one in feed.pushed}
    assert [one.resource_id for one in sending.conflicts(doctor)] == [report.id]
    with doctor.begin() as work:
        assert "report.seal-broken" in {line.action for line in work.audit.entries(10)}
