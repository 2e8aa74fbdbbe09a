"""The desk: matching accounts, booking, working hours, approving."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from app.pages import calendar_exchange
from app.pages.administration import AdministrationPage
from app.pages.audit import AuditPage
from app.pages.calendar import CalendarPage
from app.pages.calendar_exchange import LeaveDialog
from app.pages.patients import PatientsPage
from app.pages.settings import SettingsPage
from app.records import SYSTEM, AccountStatus, Role
from app.workflow import admitting, auditing, booking, configuring, planning, sending
from app.workflow.auditing import ExportForm
from app.workflow.leasing import LeasedTime, LeaseStatus
from app.workflow.signing_up import SignUp
from scheduling.records import AppointmentStatus, Channel, NoticeKind, Purpose
from sync.records import Conflict
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, PASSWORD, Driver
from viewer.records import Patient

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def staffed(driver: Driver) -> Driver:
    """A doctor with hours on every day, and one patient record."""
    driver.enter(DOCTOR)
    session = driver.session
    for weekday in range(7):
        booking.add_availability(
            session,
            practitioner_id=session.actor.practitioner_id,
            weekday=weekday,
            starts=time(9),
            ends=time(12),
            slot_minutes=30,
        )
    storage = driver.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe", "MRN-1", date(1970, 1, 2)))
    driver.window.sign_out()
    driver.settle()
    return driver


def calendar(driver: Driver) -> CalendarPage:
    page = driver.visit("calendar")
    assert isinstance(page, CalendarPage)
    page._step(1)
    driver.settle()
    return page


def test_a_free_time_is_booked_and_cancelled_on_the_calendar(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = calendar(staffed)
    page.grid._choose(page.grid._blocks[0])
    staffed.settle()
    staffed.find(QListWidget, "calendar.patients").setCurrentRow(0)
    staffed.click("calendar.book")
    staffed.until(lambda: page.entries)
    booked = page.entries[0].appointment
    assert booked.status is AppointmentStatus.BOOKED
    staffed.until(lambda: "neither e-mail nor text" in staffed.window.news.text)
    assert "told" not in staffed.window.news.text
    page.grid._choose(next(one for one in page.grid._blocks if one.key == booked.id))
    staffed.settle()
    staffed.click("calendar.cancel")
    staffed.until(lambda: not page.entries)
    assert booked.id not in {one.key for one in page.grid._blocks}


def test_a_time_taken_meanwhile_is_told_in_its_place(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = calendar(staffed)
    assert page._sheet is not None
    booking.book(staffed.session, page._sheet.slots[0], "p1")
    page._chosen("free-0")  # what is shown is older
    staffed.settle()
    assert page.side.booking._error.text()
    assert not page.side.booking.keeping.hold_id


def test_hours_are_added_and_removed(staffed: Driver) -> None:
    staffed.enter(DOCTOR)
    page = calendar(staffed)
    page.show_hours()
    staffed.settle()
    page.side.hours.ends.setTime(page.side.hours.starts.time())
    page.side.hours.add.click()
    assert page.side.hours._error.isVisible()
    session = staffed.session
    before = len(booking.availabilities(session, session.actor.practitioner_id))
    staffed.click("hours.remove", page.side.hours)
    staffed.settle()
    assert len(booking.availabilities(session, session.actor.practitioner_id)) == before - 1


def test_an_empty_week_leads_to_the_next_time(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = calendar(staffed)
    assert page.nothing_left.isHidden()
    page._step(-4)
    staffed.settle()
    assert not page.nothing_left.isHidden()
    staffed.click("calendar.later")
    staffed.settle()
    assert page.nothing_left.isHidden()
    assert page.grid._blocks


def test_what_the_server_refused_is_told_until_it_was_seen(staffed: Driver) -> None:
    storage = staffed.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        at = staffed.workstation.clock()
        work.conflicts.put(Conflict("c1", "e1", "Appointment", "a1", "the time is taken", at))
    staffed.enter(DESK)
    page = staffed.visit("calendar")
    assert isinstance(page, CalendarPage)
    assert page.refusals.isVisible()
    staffed.until(lambda: "refused" in staffed.window.strip.text_of("refused"))
    staffed.click("refusal.seen", page)
    staffed.settle()
    assert page.refusals.isHidden()
    assert sending.conflicts(staffed.session) == ()


def test_week_and_day_show_their_days(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = calendar(staffed)
    assert len(page.grid.columns) == 7
    staffed.click("calendar.day", page)
    staffed.settle()
    assert len({one.day for one in page.grid.columns}) == 1
    day = page.grid.columns[0].day
    page._step(1)
    staffed.settle()
    assert page.grid.columns[0].day == day + timedelta(days=1)


def test_a_patients_account_is_matched_at_the_desk(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = staffed.visit("patients")
    assert isinstance(page, PatientsPage)
    assert page.accounts.count() == 1
    page.table.selectRow(0)
    staffed.click("patients.match")
    staffed.settle()
    assert page.accounts.count() == 0
    assert page.email.text() == "zoe@example.org"


def test_a_record_of_another_person_is_matched_only_after_a_second_look(staffed: Driver) -> None:
    storage = staffed.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p2", "Aardvark, Alan", "MRN-2", date(1950, 3, 4)))
    staffed.enter(DESK)
    page = staffed.visit("patients")
    assert isinstance(page, PatientsPage)
    page.table.selectRow(0)
    assert "name" in page.differs.text()
    assert not page.match.isEnabled()
    page.although.setChecked(True)
    assert page.match.isEnabled()
    page.table.selectRow(1)
    assert page.differs.isHidden()
    assert page.match.isEnabled()
    page.table.selectRow(0)
    assert not page.match.isEnabled()


def test_that_account_and_record_differ_is_written_into_the_trail(staffed: Driver) -> None:
    staffed.enter(DESK)
    session = staffed.session
    with session.begin() as work:
        work.patients.put(Patient("p2", "Aardvark, Alan", "MRN-2", date(1950, 3, 4)))
    (account,) = admitting.unmatched_patients(session)
    admitting.match_patient(session, account.id, "p2")
    with session.begin() as work:
        told = {one.action: one.detail for one in work.audit.of_subject(account.id)}
    assert told["account.matched"] == "although they differ: name"


def test_a_contact_is_changed_at_the_desk(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = staffed.visit("patients")
    assert isinstance(page, PatientsPage)
    page.table.selectRow(0)
    page.email.setText("new@example.org")
    staffed.click("patients.save")
    staffed.settle()
    assert page.table.current is not None
    assert page.table.current.email == "new@example.org"


def test_an_account_that_waits_stands_first_and_is_approved(driver: Driver) -> None:
    driver.opened_by_staff()
    driver.workstation.clinic.sign_up(SignUp(Role.DOCTOR, "New One", "newone", PASSWORD))
    driver.enter(ADMIN)
    page = driver.page
    assert isinstance(page, AdministrationPage)
    page.table.selectRow(0)
    driver.click("administration.approve")
    driver.settle()
    statuses = {one.username: one.status for one in page.table.rows.records}
    assert statuses["newone"] is AccountStatus.ACTIVE


def approve_by_key(driver: Driver, page: AdministrationPage) -> None:
    """Go to Approve with the keyboard and press it."""
    button = page.account.approve
    driver.until(button.isVisible)
    button.setFocus()
    assert driver.window.focusWidget() is button
    QTest.keyClick(button, Qt.Key.Key_Space)
    driver.settle()
    driver.until(lambda: page.table.rows.records)


def test_after_an_approval_the_keyboard_is_on_the_next_who_waits_and_never_on_closing(
    driver: Driver,
) -> None:
    driver.opened_by_staff()
    for name in ("newone", "other"):
        driver.workstation.clinic.sign_up(SignUp(Role.DOCTOR, f"Dr {name}", name, PASSWORD))
    driver.enter(ADMIN)
    page = driver.page
    assert isinstance(page, AdministrationPage)
    page.table.selectRow(0)
    approve_by_key(driver, page)
    assert driver.window.focusWidget() is page.table
    assert page.table.current is not None
    assert (page.table.current.username, page.table.current.status) == (
        "other",
        AccountStatus.WAITING,
    )
    approve_by_key(driver, page)
    assert driver.window.focusWidget() is page.table
    assert page.table.current.status is AccountStatus.ACTIVE
    assert page.account.close_button.isVisible()
    assert not page.account.close_button.hasFocus()


def test_staff_are_added_and_a_weak_password_is_refused(driver: Driver) -> None:
    driver.enter(ADMIN)
    page = driver.page
    assert isinstance(page, AdministrationPage)
    page.show_form()
    page.form.name.setText("Rosa Lind")
    page.form.username.setText("rosa")
    page.form.password.setText("12345678")
    driver.click("staff.submit")
    driver.settle()
    assert page.form._error.isVisible()
    page.form.password.setText(PASSWORD)
    driver.click("staff.submit")
    driver.settle()
    assert "rosa" in {one.username for one in page.table.rows.records}


def test_nobody_closes_the_own_account(driver: Driver) -> None:
    driver.enter(ADMIN)
    page = driver.page
    assert isinstance(page, AdministrationPage)
    own = [one.username for one in page.table.rows.records].index(ADMIN)
    page.table.selectRow(own)
    assert not page.account.close_button.isVisible()


def test_settings_are_kept(driver: Driver) -> None:
    driver.enter(ADMIN)
    page = driver.visit("settings")
    assert isinstance(page, SettingsPage)
    driver.type("settings.smtp_host", "mail.example")
    page.security.setCurrentIndex(page.security.findData("tls"))
    driver.click("settings.save")
    driver.settle()
    kept = configuring.clinic_settings(driver.session)
    assert (kept.smtp_host, kept.smtp_security, kept.clinic_name) == (
        "mail.example",
        "tls",
        "Hillside",
    )


def test_time_kept_for_booking_offline_is_set_and_told(staffed: Driver) -> None:
    staffed.enter(ADMIN)
    page = staffed.visit("settings")
    assert isinstance(page, SettingsPage)
    card = page.offline
    assert card.share.text() == "None"
    assert "keeps no time now" in card._status.text()
    card.share.setValue(20)
    card.days.setValue(5)
    card.people.setCurrentIndex(1)
    staffed.click("settings.save")
    staffed.settle()
    kept = configuring.clinic_settings(staffed.session)
    (practitioner,) = booking.practitioners(staffed.session)
    assert (kept.offline_share, kept.offline_days) == (20, 5)
    assert kept.offline_people == (practitioner.id,)
    now = datetime(2027, 5, 6, 12, tzinfo=UTC)
    times = [LeasedTime("Iris Moreau", now + n * DAY, now + n * DAY + HOUR) for n in range(8)]
    status = LeaseStatus(20, times[-1].ends, tuple(times))
    card.show_status(status, ZoneInfo("Europe/Paris"))
    told = card._status.text().splitlines()
    assert told[:2] == ["Until Thursday 13 May 2027, 15:00 this workstation", "may book offline:"]
    assert told[2] == "Iris Moreau: Thursday 6 May 2027, 14:00–15:00"
    assert told[-1] == "and 2 more"
    card.show_status(replace(status, fault="The clock was set back."), ZoneInfo("UTC"))
    assert "provisional" in card._status.text()


def test_leave_is_read_from_a_file_and_kept_only_where_it_is_ticked(
    staffed: Driver, tmp_path: Path
) -> None:
    staffed.enter(DOCTOR)
    page = calendar(staffed)
    me = staffed.session.actor.practitioner_id
    page.show_hours()
    staffed.settle()
    day = staffed.session.now() + timedelta(days=9)
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:e{hour}@x\r\nDTSTAMP:20270101T000000Z\r\n"
        f"DTSTART:{day:%Y%m%d}T{hour}0000Z\r\nDURATION:PT1H\r\nSUMMARY:Dentist {hour}\r\n"
        "END:VEVENT\r\n"
        for hour in (10, 14)
    )
    path = tmp_path / "mine.ics"
    path.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
    calendar_exchange.read_leave(page, me, "Iris Moreau", page._zone, path)
    staffed.settle()
    dialog = staffed.find(LeaveDialog, "leaveDialog")
    assert not dialog._take.isEnabled()
    assert "Dentist 14" in dialog.list.item(1).text()
    dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert dialog._take.text() == "Take 1 as leave"
    staffed.click("leave.take", dialog)
    staffed.settle()
    (kept,) = planning.absences(staffed.session)
    assert (kept.subject_id, kept.reason) == (me, "from a calendar file")
    out = tmp_path / "out.ics"
    calendar_exchange.save_calendar(page, me, out)
    staffed.settle()
    assert out.read_text().startswith("BEGIN:VCALENDAR")


def test_reminders_are_set_and_a_sample_shows_its_length(driver: Driver) -> None:
    driver.enter(ADMIN)
    page = driver.visit("settings")
    assert isinstance(page, SettingsPage)
    card = page.messages
    card.spoken.setCurrentIndex(card.spoken.findData("fr"))
    card.kind.setCurrentIndex(card.kind.findData(NoticeKind.REMINDER))
    shown = card._text.text()
    assert shown.startswith("Hillside : rappel de votre rendez-vous")
    assert card._count.text() == f"Text message: {len(shown)} characters in GSM-7, 1 message."
    driver.type("settings.reminders", "2 days, 3 h")
    driver.type("settings.quiet_hours", "22:00-07:00")
    driver.click("settings.save")
    driver.settle()
    kept = configuring.clinic_settings(driver.session)
    assert (kept.reminders, kept.quiet_hours) == ("2 days, 3 h", "22:00-07:00")
    driver.type("settings.reminders", "soon")
    driver.click("settings.save")
    driver.settle()
    assert configuring.clinic_settings(driver.session).reminders == "2 days, 3 h"


def test_a_patient_who_wants_no_text_messages_is_written_down_and_heeded(staffed: Driver) -> None:
    staffed.enter(DESK)
    page = staffed.visit("patients")
    assert isinstance(page, PatientsPage)
    page.table.selectRow(0)
    staffed.settle()
    staffed.type("patients.email", "zoe@example.org")
    staffed.type("patients.phone", "+33612345678")
    wishes = page.wishes
    wishes.language.setCurrentIndex(wishes.language.findData("de"))
    wishes._answers[Channel.SMS, Purpose.REMINDERS].setCurrentIndex(2)
    staffed.click("patients.save")
    staffed.settle()
    calendar_page = calendar(staffed)
    calendar_page.grid._choose(calendar_page.grid._blocks[0])
    staffed.settle()
    staffed.find(QListWidget, "calendar.patients").setCurrentRow(0)
    staffed.click("calendar.book")
    staffed.settle()
    storage = staffed.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        (visit,) = work.appointments.of_patient("p1")
        planned = work.notices.of_appointment(visit.id)
    ways = {(one.kind, one.channel) for one in planned}
    assert ways == {
        (NoticeKind.CONFIRMATION, Channel.EMAIL),
        (NoticeKind.CONFIRMATION, Channel.SMS),
        (NoticeKind.REMINDER, Channel.EMAIL),
    }
    assert all(" Uhr" in one.body for one in planned)


def test_the_audit_page_finds_by_person_act_outcome_and_patient_and_turns_pages(
    staffed: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clinic = staffed.workstation.clinic
    doctor = clinic.sign_in(DOCTOR, PASSWORD)
    admitting.update_contact(doctor, "p1", email="zoe@example.org", phone="")
    clinic.sign_out()
    monkeypatch.setattr(auditing, "PAGE", 5)
    staffed.enter(ADMIN)
    page = staffed.visit("audit")
    assert isinstance(page, AuditPage)
    assert page.count.text().startswith("Lines 1 to 5 of ")
    first = [one.seq for one in page.table.rows.records]
    staffed.click("audit.older")
    staffed.settle()
    second = [one.seq for one in page.table.rows.records]
    assert second == [seq - 5 for seq in first]
    staffed.click("audit.newer")
    staffed.settle()
    filters = page.filters
    filters.patient.setText("MRN-1")
    filters.patient.editingFinished.emit()
    staffed.settle()
    assert {one.patient_id for one in page.table.rows.records} == {"p1"}
    filters.act.setCurrentIndex(filters.act.findText("Contact details changed"))
    filters.person.setCurrentIndex(filters.person.findText("Iris Moreau"))
    filters.days.setCurrentIndex(filters.days.findText("Today"))
    staffed.settle()
    assert [one.action for one in page.table.rows.records] == ["patient.contact-changed"]
    page.export_to(tmp_path / "audit.jsonl", ExportForm.JSON_LINES)
    staffed.settle()
    assert len((tmp_path / "audit.jsonl").read_text("utf-8").splitlines()) == 2
    filters.outcome.setCurrentIndex(filters.outcome.findData("refused"))
    staffed.settle()
    assert page.count.text() == "No line matches."
    staffed.click("audit.clear")
    staffed.settle()
    assert page.count.text().startswith("Lines 1 to 5 of ")
    filters.patient.setText("nobody's")
    filters.patient.editingFinished.emit()
    staffed.settle()
    assert page.count.text() == "No line matches."


def test_the_audit_page_checks_the_chain_and_names_people(driver: Driver) -> None:
    driver.enter(ADMIN)
    page = driver.visit("audit")
    assert isinstance(page, AuditPage)
    driver.click("audit.verify")
    driver.settle()
    assert "holds" in page.chain.text
    names = {str(page.table.rows.index(row, 5).data()) for row in range(3)}
    assert "Ada Root" in names
