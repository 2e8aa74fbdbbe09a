"""The day list: who comes when and to whom, on paper or as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.storage.work import Work
from app.workflow.booking import CalendarEntry
from app.workflow.calendar_sheet import Scope, booked
from app.workflow.printing import print_service, spool
from app.workflow.session import Session
from app.workflow.settings import read_settings
from scheduling.records import AppointmentStatus
from viewer.records import Patient

TITLE = "Day list"
_STATUS = {
    AppointmentStatus.PENDING: "provisional",
    AppointmentStatus.BOOKED: "",
    AppointmentStatus.ARRIVED: "arrived",
    AppointmentStatus.FULFILLED: "seen",
    AppointmentStatus.NOSHOW: "did not come",
}
_COLUMNS = (
    ("Time", 26.0),
    ("Patient", 62.0),
    ("Born", 24.0),
    ("Number", 32.0),
    ("With", 46.0),
    ("Place", 28.0),
    ("Reason", 47.0),
)


def day_list_pdf(session: Session, scope: Scope) -> bytes:
    """Return what is booked in some days as a PDF document; each patient on it is audited."""
    session.authorize(Permission.SEE_CALENDAR)
    return _made(session, scope, "day-list.exported")


def print_day_list(session: Session, scope: Scope) -> None:
    """Print what is booked in some days; each patient on it is audited.

    Raises
    ------
    NotFoundError
        Nothing is booked then: no sheet is wasted.
    WorkstationError
        There is no print service here, or it refused; nothing was printed.
    """
    session.authorize(Permission.SEE_CALENDAR)
    spooler = print_service()
    with session.begin() as work:
        if not booked(work, scope)[1]:
            raise NotFoundError("Nothing is booked then. Nothing was printed.")
    document = _made(session, scope, "day-list.printed")
    try:
        spool(spooler, document, TITLE)
    except WorkstationError:
        with session.begin() as work:
            _, entries = booked(work, scope)
            _note(work, entries, scope, "day-list.printed", outcome="failed")
        raise


def _made(session: Session, scope: Scope, action: str) -> bytes:
    with session.begin() as work:
        zone, entries = booked(work, scope)
        clinic = read_settings(work).clinic_name
        patients = {one: work.patients.get(one) for one in _patients(entries)}
        places = {one.id: one.name for one in work.places.all()}
        _note(work, entries, scope, action)
    rows = [
        (
            entry.appointment.starts.astimezone(ZoneInfo(zone)).date(),
            _cells(entry, patients[entry.appointment.patient_id], places, zone),
        )
        for entry in entries
    ]
    return _pdf(clinic or "The clinic", zone, rows)


def _patients(entries: Sequence[CalendarEntry]) -> list[str]:
    return list(dict.fromkeys(one.appointment.patient_id for one in entries))


def _note(
    work: Work, entries: Sequence[CalendarEntry], scope: Scope, action: str, outcome: str = "ok"
) -> None:
    """One line for each patient whose name leaves."""
    days = scope.first.isoformat()
    if scope.last != scope.first:
        days += f" to {scope.last.isoformat()}"
    for patient_id in _patients(entries):
        work.note(action, days, patient_id=patient_id, outcome=outcome)


def _pdf(clinic: str, zone: str, rows: Sequence[tuple[date, Sequence[str]]]) -> bytes:
    from reportlab.lib.units import mm  # noqa: PLC0415 - the calendar opens without it
    from reportlab.platypus import Flowable, Spacer  # noqa: PLC0415 - as above

    from app.workflow.pdf_style import paragraph  # noqa: PLC0415 - as above
    from app.workflow.pdf_table import table, table_pdf  # noqa: PLC0415 - as above

    story: list[Flowable] = [paragraph(f"{_visits(len(rows))}, times in {zone}", "quiet")]
    for day, found in groupby(rows, key=lambda row: row[0]):
        lines = [cells for _, cells in found]
        title = f"{day:%Y-%m-%d} · {_visits(len(lines))}"
        story += [Spacer(0, 3 * mm), paragraph(title, "heading"), table(_COLUMNS, lines)]
    return table_pdf(TITLE, clinic, story)


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"


def _cells(
    entry: CalendarEntry, patient: Patient | None, places: dict[str, str], zone: str
) -> tuple[str, ...]:
    one = entry.appointment
    starts, ends = (at.astimezone(ZoneInfo(zone)) for at in (one.starts, one.ends))
    born = patient.birth_date.isoformat() if patient and patient.birth_date else ""
    notes = (one.reason, one.exception, _STATUS.get(one.status, one.status.value))
    return (
        f"{starts:%H:%M}–{ends:%H:%M}",
        entry.patient_name,
        born,
        patient.mrn if patient else "",
        entry.practitioner_name,
        places.get(one.place_id, ""),
        " · ".join(part for part in notes if part),
    )
