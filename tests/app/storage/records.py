"""One record of each kind, as tests need it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.records import (
    Account,
    AccountStatus,
    Role,
)
from assistant.records import Report, ReportStatus, Section, Signature
from inference.records import (
    Finding,
    FindingStatus,
    Run,
    RunOutcome,
)
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Channel,
    Notice,
    NoticeKind,
)
from sync.records import Envelope
from viewer.records import (
    Geometry,
    GeometryKind,
    Patient,
    Series,
    Study,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENT = Patient("p", "CANARY^ZEBRA", mrn="M-77", sex="F")
STUDY = Study("1.2", "p", NOW, "MR brain with contrast")
SERIES = Series(
    "1.2.3",
    "1.2",
    "t1 gd",
    "MR",
    4,
    (2, 3, 4),
    (1.0, 1.0, 2.0),
    "<i2",
    tuple(float(i) for i in range(16)),
    Geometry(GeometryKind.REGULAR, 0.0),
    {"EchoTime": "5"},
    "",
)
RUN = Run(
    "run",
    "1.2",
    "1.2.3",
    "lesions",
    "1",
    "00",
    "cpu",
    NOW,
    2.0,
    RunOutcome.FINDINGS,
    cautions=("Covers little.",),
)
FINDING = Finding(
    "f",
    "1.2",
    "1.2.3",
    "lesion",
    "lesion",
    FindingStatus.SUGGESTED,
    (1.0, 2.0, 3.0),
    1,
    "left",
    "frontal lobe",
    (),
    probability=0.93,
    run_id="run",
)
DRAFT = Report(
    "r", 1, "1.2", "p", "d", ReportStatus.PARTIAL, NOW, (Section("Impression", "a lesion"),)
)
SIGNATURE = Signature("d", "Dr D", "I have reviewed", NOW, "00", "11", "22")
SIGNED = replace(DRAFT, status=ReportStatus.FINAL, signature=SIGNATURE)
APPOINTMENT = Appointment(
    "ap", "p", "d", NOW, NOW + timedelta(minutes=30), AppointmentStatus.BOOKED, "acc", NOW
)
NOTICE = Notice(
    "n",
    "ap",
    NoticeKind.CONFIRMATION,
    0,
    Channel.EMAIL,
    "a@b.example",
    "s",
    "b",
    NOW,
    NOW + timedelta(days=1),
)
ENVELOPE = Envelope("e", "Appointment", "ap", {"status": "booked"}, "", NOW)
ACCOUNT = Account("acc", "Ann", "Ann A", Role.PATIENT, AccountStatus.WAITING, NOW)
