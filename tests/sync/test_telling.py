"""Claims about the server as a clinic's one sender of messages."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fhir.resources.R4B.communication import Communication

from scheduling.notices.settings import NoticeSettings
from scheduling.places import Place
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Channel,
    ContactAnswer,
    ContactPreferences,
    NoticeKind,
    NoticeState,
    Purpose,
    Reply,
)
from scheduling.rules.booking import cancel
from scheduling.rules.leaps import PROOF, Belief
from sync.records import Envelope, Resource
from sync.server import database as tables
from sync.server.notice_books import ServerBooks
from sync.server.tell_command import read_settings
from sync.server.telling import Teller, kinds, tells
from sync.transport.client import FhirTransport
from sync.wire.booking import appointment_to_fhir
from sync.wire.notices import notice_from_fhir
from sync.wire.people import patient_to_fhir, practitioner_to_fhir, preferences_from_fhir
from sync.wire.places import place_to_fhir
from tests.scheduling.mailroom import Mailroom, mailroom
from tests.sync.conftest import KEY, Central
from tests.sync.samples import PATIENT, PRACTITIONER

NOW = datetime(2027, 5, 3, 8, tzinfo=UTC)
VISIT = Appointment(
    id="a-1",
    patient_id=PATIENT.id,
    practitioner_id=PRACTITIONER.id,
    starts=NOW + timedelta(days=7),
    ends=NOW + timedelta(days=7, minutes=30),
    status=AppointmentStatus.BOOKED,
    booked_by="desk",
    created_at=NOW,
)


@dataclass
class Clinic:
    """A clinic at a real server, its desk's transport, and the clock of its teller."""

    central: Central
    name: str
    desk: FhirTransport
    now: datetime = NOW

    @property
    def ident(self) -> str:
        query = sa.select(tables.clinic.c.id).where(tables.clinic.c.name == self.name)
        with self.central.database.read() as connection:
            return str(connection.execute(query).scalar_one())

    def push(self, body: Resource, base: str = "") -> str:
        ident = str(uuid.uuid4())
        envelope = Envelope(ident, body["resourceType"], body["id"], body, base, NOW)
        receipt = self.desk.push(envelope)
        self.told = receipt.tells
        return receipt.version

    def teller(self, room: Mailroom | None = None, **changes: object) -> Teller:
        settings = NoticeSettings(
            clinic_name="Lakeside",
            smtp_host="127.0.0.1" if room else "",
            smtp_port=room.port if room else 25,
            smtp_security="none",
            smtp_sender="desk@lakeside.example",
            quiet_hours="",
        )
        return Teller(
            self.central.database, self.ident, replace(settings, **changes), lambda: self.now
        )

    def news(self, kind: str) -> list[Resource]:
        """What a workstation reads of a type, the oldest version first."""
        cursor, found = "", []
        while True:
            news, cursor_after = self.desk.pull(cursor)
            found += [one.body for one in news if one.resource_type == kind]
            if not news or cursor_after == cursor:
                return found
            cursor = cursor_after


@pytest.fixture
def clinic(central: Central) -> Clinic:
    name = f"clinic-{uuid.uuid4()}"
    made = Clinic(central, name, central.workstation(name))
    made.push(patient_to_fhir(PATIENT))
    made.push(practitioner_to_fhir(PRACTITIONER))
    return made


def subjects(room: Mailroom) -> list[str]:
    return [str(message["Subject"]).partition(":")[0].strip() for message in room.received]


def test_a_visit_is_confirmed_moved_and_cancelled_to_its_patient_by_the_server(clinic: Clinic):
    with mailroom() as room:
        teller = clinic.teller(room)
        teller.begin()
        version = clinic.push(appointment_to_fhir(VISIT))
        assert clinic.told is True
        teller.turn()
        moved = replace(
            VISIT,
            starts=VISIT.starts + timedelta(hours=1),
            ends=VISIT.ends + timedelta(hours=1),
            sequence=1,
        )
        version = clinic.push(appointment_to_fhir(moved), version)
        teller.turn()
        clinic.now = moved.starts - timedelta(hours=23)
        stays(clinic, teller)
        clinic.push(appointment_to_fhir(cancel(moved, clinic.now)), version)
        teller.turn()
        teller.turn()
    assert subjects(room) == [
        "Appointment confirmed",
        "Appointment moved",
        "Appointment reminder",
        "Appointment cancelled",
    ]
    states = {}
    for body in clinic.news("Communication"):
        notice = notice_from_fhir(body)
        if notice.channel is Channel.EMAIL:
            states[notice.kind, notice.sequence] = notice.state
        assert notice.appointment_id == VISIT.id
        assert notice.body == notice.subject == ""
        Communication.model_validate(body)
    assert states == {
        (NoticeKind.CONFIRMATION, 0): NoticeState.ACCEPTED,
        (NoticeKind.CHANGE, 1): NoticeState.ACCEPTED,
        (NoticeKind.REMINDER, 0): NoticeState.EXPIRED,
        (NoticeKind.REMINDER, 1): NoticeState.ACCEPTED,
        (NoticeKind.CANCELLATION, 2): NoticeState.ACCEPTED,
    }


def stays(clinic: Clinic, teller: Teller) -> None:
    """Have the server's clock stay where it was put until it is believed."""
    teller.turn()
    clinic.now += PROOF
    teller.turn()


@pytest.mark.parametrize("broken", [False, True])
def test_a_server_whose_clock_is_a_year_ahead_for_one_turn_gives_no_message_up(
    clinic: Clinic, broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned before the leap, and first heard of in it; a server that believes it is caught."""
    if broken:
        monkeypatch.setattr("sync.server.telling.judged", lambda _, now: Belief(now))
    with mailroom() as room:
        unreachable, teller = clinic.teller(smtp_host=""), clinic.teller(room)
        teller.begin()
        version = clinic.push(appointment_to_fhir(VISIT))
        teller.turn()
        version = clinic.push(appointment_to_fhir(cancel(VISIT, NOW)), version)
        unreachable.turn()
        other = replace(VISIT, id="a-2", starts=VISIT.ends, ends=VISIT.ends + timedelta(minutes=30))
        clinic.push(appointment_to_fhir(other))
        clinic.now = NOW + timedelta(days=365)
        teller.turn()
        clinic.now = NOW + timedelta(minutes=1)
        teller.turn()
        clinic.now = other.starts - timedelta(hours=23)
        stays(clinic, teller)
    told = subjects(room)
    assert ("Appointment cancelled" in told) is not broken
    assert (told.count("Appointment confirmed"), told.count("Appointment reminder")) == (
        (1, 0) if broken else (2, 1)
    )


def test_times_are_told_in_the_zone_of_the_place(clinic: Clinic):
    """The practitioner lives in Berlin; the visit is in New York."""
    clinic.push(place_to_fhir(Place("ny", "Hudson", "America/New_York")))
    with mailroom() as room:
        teller = clinic.teller(room)
        teller.begin()
        clinic.push(appointment_to_fhir(replace(VISIT, place_id="ny")))
        teller.turn()
    text = room.received[0].get_body(("plain",)).get_content()
    assert "4:00" in text
    assert "Hudson" in text
    assert "10:00" not in text


def test_nobody_is_reminded_of_a_visit_that_was_cancelled_meanwhile(clinic: Clinic):
    with mailroom() as room:
        teller = clinic.teller(room)
        teller.begin()
        version = clinic.push(appointment_to_fhir(VISIT))
        clinic.push(appointment_to_fhir(cancel(VISIT, NOW)), version)
        clinic.now = VISIT.starts - timedelta(hours=20)
        teller.turn()
    assert subjects(room) == ["Appointment cancelled"]


def test_what_was_there_before_is_left_to_the_workstations(clinic: Clinic):
    clinic.push(appointment_to_fhir(VISIT))
    assert clinic.told is False
    with mailroom() as room:
        teller = clinic.teller(room)
        teller.begin()
        teller.begin()
        teller.turn()
        assert room.received == []
        assert tells(clinic.central.database, clinic.ident)
        later = replace(VISIT, id="a-2", starts=VISIT.ends, ends=VISIT.ends + timedelta(minutes=30))
        clinic.push(appointment_to_fhir(later))
        teller.end()
        teller.turn()
        assert room.received == []
    clinic.push(patient_to_fhir(replace(PATIENT, id="p-2")))
    assert clinic.told is False


def test_a_stop_the_server_hears_is_written_into_the_patients_record(clinic: Clinic):
    phone = replace(PATIENT, id="p-3", phone="+33612345678", email="")
    base = clinic.push(patient_to_fhir(phone))
    assert base == "1"
    teller = clinic.teller()
    teller.begin()
    clinic.push(appointment_to_fhir(replace(VISIT, patient_id="p-3")))
    teller.turn()

    class Box:
        def replies(self, since: datetime) -> tuple[Reply, ...]:
            return (Reply("+33612345678", "STOP", NOW),)

    teller._hear(Box(), clinic.now)
    teller._hear(Box(), clinic.now)
    versions = [one for one in clinic.news("Patient") if one["id"] == "p-3"]
    assert len(versions) == 2
    kept = preferences_from_fhir(versions[-1])
    assert kept is not None
    assert all(kept.said(Channel.SMS, purpose) is False for purpose in Purpose)
    with ServerBooks(clinic.central.database, clinic.ident, lambda: NOW).begin() as ledger:
        assert ledger.preferences.get("p-3") == kept


def test_a_patient_who_said_no_at_the_desk_gets_nothing_from_the_server(clinic: Clinic):
    no = ContactPreferences("p-4").answered(
        ContactAnswer(Channel.EMAIL, Purpose.VISITS, False, NOW, "desk")
    )
    clinic.push(patient_to_fhir(replace(PATIENT, id="p-4"), no))
    with mailroom() as room:
        teller = clinic.teller(room)
        teller.begin()
        clinic.push(appointment_to_fhir(replace(VISIT, patient_id="p-4")))
        teller.turn()
    assert room.received == []


def test_a_new_address_gets_the_reminder_and_the_old_one_nothing_more(clinic: Clinic):
    moving = replace(PATIENT, id="p-5", phone="")
    base = clinic.push(patient_to_fhir(moving))
    with mailroom() as room:
        teller = clinic.teller(room)
        teller.begin()
        clinic.push(appointment_to_fhir(replace(VISIT, patient_id="p-5")))
        teller.turn()
        clinic.push(patient_to_fhir(replace(moving, email="new@example.org")), base)
        teller.turn()
        clinic.now = VISIT.starts - timedelta(hours=20)
        stays(clinic, teller)
    told = [(str(one["Subject"]).split(":")[0].strip(), one["To"]) for one in room.received]
    assert told == [
        ("Appointment confirmed", PATIENT.email),
        ("Appointment reminder", "new@example.org"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, VISIT, {NoticeKind.CONFIRMATION, NoticeKind.REMINDER}),
        (VISIT, replace(VISIT, sequence=1, reason="x"), {NoticeKind.REMINDER}),
        (VISIT, replace(VISIT, reason="x"), set()),
        (VISIT, replace(VISIT, status=AppointmentStatus.ARRIVED, sequence=1), set()),
        (None, replace(VISIT, status=AppointmentStatus.CANCELLED), set()),
        (
            VISIT,
            replace(VISIT, practitioner_id="dr-2", sequence=1),
            {NoticeKind.CHANGE, NoticeKind.REMINDER},
        ),
    ],
)
def test_what_is_told_follows_from_two_versions(before, after, told):
    assert set(kinds(before, after)) == told


def test_settings_with_passwords_are_read_only_where_nobody_else_can(tmp_path: Path):
    path = tmp_path / "notices.toml"
    path.write_text('smtp_host = "mail.example"\nreminders = "2 days"\n')
    path.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        read_settings(path)
    path.chmod(0o600)
    assert read_settings(path).reminders == "2 days"
    for wrong in ('smtp_hots = "x"', 'reminders = "soon"', 'sms_kind = "pigeon"'):
        path.write_text(wrong)
        with pytest.raises(ValueError, match=r"setting|ahead|pigeon"):
            read_settings(path)


class Together(Mailroom):
    """Answers the first message only when a second caller has come, or after a while."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = threading.Barrier(2)

    async def handle_MAIL(self, server, session, envelope, address, mail_options):  # noqa: N802
        reply = await super().handle_MAIL(server, session, envelope, address, mail_options)
        if not self.meeting.broken:
            await server.loop.run_in_executor(None, self._meet)
        return reply

    def _meet(self) -> None:
        try:
            self.meeting.wait(8)
        except threading.BrokenBarrierError:
            return
        self.meeting.abort()  # they have met: from now on everybody is answered at once


@pytest.mark.parametrize("broken", [False, True])
def test_two_senders_side_by_side_send_nothing_twice(
    clinic: Clinic, tmp_path: Path, broken: bool
) -> None:
    """The broken variant, whose senders forget the claim, is caught by the same count."""
    clinic.teller().begin()
    starts = datetime.now(UTC) + timedelta(days=9)
    for number in range(6):
        begins = starts + timedelta(hours=number)
        visit = replace(VISIT, id=f"v-{number}", starts=begins, ends=begins + timedelta(minutes=30))
        clinic.push(appointment_to_fhir(visit))
    clinic.now = datetime.now(UTC)
    clinic.teller(sms_kind="none").turn()  # plans; nothing can go out yet
    with mailroom(keeper=Together()) as room:
        settings = tmp_path / "notices.toml"
        settings.write_text(
            f'smtp_host = "127.0.0.1"\nsmtp_port = {room.port}\nsmtp_security = "none"\n'
            'smtp_sender = "desk@lakeside.example"\nquiet_hours = ""\n'
        )
        settings.chmod(0o600)
        command = [sys.executable, "-m", "tests.sync.telling_worker"]
        command += [clinic.central.database_url, KEY.hex(), clinic.name, str(settings)]
        command += ["--broken"] * broken
        workers = [subprocess.Popen(command) for _ in range(2)]
        assert [worker.wait(60) for worker in workers] == [0, 0]
    copies = Counter(str(message["Message-ID"]) for message in room.received)
    assert len(copies) == 6
    assert (max(copies.values()) > 1) is broken
