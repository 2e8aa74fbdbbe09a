"""A patient finds the own things only, and books with one click."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.accounts.records import EmergencyReason
from app.pages.access_list import AccessListPage
from app.pages.assistant import AssistantPage
from app.pages.bubbles import Bubble
from app.pages.citations import by_source, cited
from app.pages.my_health import MyHealthPage
from app.pages.unbroken import unbroken
from app.pages.visit_cards import VisitCard
from app.records import SYSTEM, Role
from app.widgets.text import Badge
from app.workflow import admitting, booking, emergency, reading
from app.workflow.making import Order, make
from app.workflow.signing_up import SignUp
from assistant.phrases import phrases
from assistant.records import Citation, Reply, Sentence
from assistant.wishes import ReplyKind
from scheduling.records import AppointmentStatus, Slot
from tests.app.shell.driver import ADMIN, DOCTOR, PASSWORD, PATIENT, Driver
from viewer.records import Patient, Study


@pytest.fixture
def matched(driver: Driver) -> Driver:
    """Zoe's account is matched, and a doctor has hours on every day."""
    session = driver.workstation.clinic.sign_in(DOCTOR, PASSWORD)
    for weekday in range(7):
        booking.add_availability(
            session,
            practitioner_id=session.actor.practitioner_id,
            weekday=weekday,
            starts=time(9),
            ends=time(17),
            slot_minutes=30,
        )
    storage = driver.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe", "MRN-1", date(1970, 1, 2)))
    (account,) = admitting.unmatched_patients(session)
    admitting.match_patient(session, account.id, "p1")
    driver.workstation.clinic.sign_out()
    return driver


def test_an_account_not_matched_yet_says_what_to_do(driver: Driver) -> None:
    driver.opened_by_staff()
    driver.enter(PATIENT)
    for key in ("my_health", "my_booking", "assistant", "access"):
        page = driver.visit(key)
        assert driver.find(QWidget, "unmatched", page).isVisible()


def test_the_emergency_number_stands_on_both_pages(matched: Driver) -> None:
    matched.enter(PATIENT)
    page = matched.page
    assert isinstance(page, MyHealthPage)
    assert "112" in page.emergency.text()
    talk = matched.visit("assistant")
    assert isinstance(talk, AssistantPage)
    assert "112" in talk.emergency.text()


def test_my_health_speaks_the_patients_language(matched: Driver) -> None:
    storage = matched.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe", "MRN-1", date(1970, 1, 2), language="de"))
    matched.enter(PATIENT)
    page = matched.page
    assert isinstance(page, MyHealthPage)
    slot = booking.find_slots(matched.session, "", "", matched.session.now(), 1)[0]
    booking.book(matched.session, slot, "p1")
    matched.until(lambda: page.findChildren(Badge))
    matched.settle()
    shown = [one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page)]
    say = phrases("de").say
    for key in ("health.reports", "health.plain", "health.original", "health.appointments"):
        assert say(key) in shown
    assert say("page.emergency", number="112") in shown
    assert say("status.booked") in shown
    assert page._times.text() == say("health.times")


def test_a_free_time_offered_by_the_assistant_is_booked_by_one_click(matched: Driver) -> None:
    matched.workstation.language_model = lambda: None  # type: ignore[method-assign]
    matched.enter(PATIENT)
    page = matched.visit("assistant")
    assert isinstance(page, AssistantPage)
    with matched.qtbot.waitSignal(page.answered, timeout=30_000):
        page.say("I would like an appointment")
    cards = page.findChildren(VisitCard)
    assert cards
    assert booking.my_appointments(matched.session) == ()
    cards[0].book.click()
    matched.until(lambda: booking.my_appointments(matched.session))
    matched.settle()
    assert cards[0].book.isHidden()
    assert all(card.book.isHidden() for card in cards)
    home = matched.visit("my_health")
    matched.click(f"my-health.cancel.{booking.my_appointments(matched.session)[0].appointment.id}")
    matched.settle()
    assert home.isVisible()
    assert booking.my_appointments(matched.session)[0].appointment.status.value == "cancelled"


def first_free(matched: Driver) -> Slot:
    (who,) = booking.practitioners(matched.session)
    now = matched.session.now()
    return booking.free_slots(matched.session, who.id, now, now + timedelta(days=9))[0]


def shown_button(driver: Driver, name: str) -> QPushButton:
    def shown() -> list[QPushButton]:
        return [one for one in driver.page.findChildren(QPushButton, name) if one.isVisible()]

    driver.until(shown)
    (made,) = shown()
    return made


def test_a_visit_cancelled_in_my_health_is_taken_back_by_one_click(matched: Driver) -> None:
    matched.enter(PATIENT)
    slot = first_free(matched)
    made = booking.book(matched.session, slot, matched.session.actor.patient_id, "Headache")
    home = matched.visit("my_health")
    matched.settle()
    assert home.findChild(QPushButton, f"my-health.undo.{made.id}") is None
    matched.click(f"my-health.cancel.{made.id}", home)
    matched.settle()
    undo = shown_button(matched, f"my-health.undo.{made.id}")
    matched.until(undo.hasFocus)
    undo.click()
    undo.click()
    matched.settle()
    entries = [one.appointment for one in booking.my_appointments(matched.session)]
    (again,) = [one for one in entries if one.status is AppointmentStatus.BOOKED]
    assert (again.starts, again.reason) == (made.starts, "Headache")

    def acts() -> set[str]:
        names = {one.objectName() for one in home.findChildren(QPushButton) if not one.isHidden()}
        return {name for name in names if "cancel" in name or "undo" in name}

    matched.until(lambda: acts() == {f"my-health.cancel.{again.id}"})


def test_a_visit_whose_time_was_given_away_stays_cancelled_and_that_is_told(
    matched: Driver,
) -> None:
    matched.enter(PATIENT)
    slot = first_free(matched)
    made = booking.book(matched.session, slot, matched.session.actor.patient_id)
    home = matched.visit("my_health")
    matched.settle()
    matched.click(f"my-health.cancel.{made.id}", home)
    matched.settle()
    with matched.session.begin() as work:
        work.appointments.put(replace(made, id="another", patient_id="another"))
    undo = shown_button(matched, f"my-health.undo.{made.id}")
    undo.click()
    matched.settle()
    assert matched.window.news.isVisible()
    states = [one.appointment.status for one in booking.my_appointments(matched.session)]
    assert states == [AppointmentStatus.CANCELLED]
    assert undo.isEnabled()


def test_what_is_said_at_once_waits_for_the_reports_it_may_be_about(matched: Driver) -> None:
    matched.workstation.language_model = lambda: None  # type: ignore[method-assign]
    matched.enter(PATIENT)
    matched.window.visit("assistant", ask="Explain my report")
    page = matched.page
    assert isinstance(page, AssistantPage)
    page.say("Explain my report")
    assert page._asking is None
    with matched.qtbot.waitSignal(page.answered, timeout=30_000):
        matched.until(lambda: page._reports_read)
    assert page.report.count() == 1


def test_a_time_that_is_gone_is_told_at_its_card_with_the_nearest_free_ones(
    matched: Driver,
) -> None:
    matched.enter(PATIENT)
    page = matched.visit("assistant")
    assert isinstance(page, AssistantPage)
    slot = booking.find_slots(matched.session, "", "", matched.session.now(), 1)[0]
    card = page._clicks._offer(slot, "")
    with matched.session.begin() as work:
        work.patients.put(Patient("p2", "Other, Ole"))
        make(work, slot, Order("p2", "somebody", matched.session.now()))
    card.book.click()
    matched.settle()
    assert card._note.text()
    assert card.book.isEnabled()
    others = [one.when for one in page.findChildren(VisitCard)]
    assert len(others) == 4
    assert len(set(others)) == 4


def test_an_emergency_stands_out(matched: Driver) -> None:
    reply = Reply(ReplyKind.EMERGENCY, (Sentence("Call now."),))
    bubble = Bubble.reply(reply)
    matched.qtbot.addWidget(bubble)
    frame = bubble.layout().itemAt(0).widget()
    assert frame is not None
    assert frame.property("tone") == "danger"


def test_a_citation_opens_the_words_it_rests_on(matched: Driver) -> None:
    sentence = Sentence("A spot was seen.", (Citation("report:Findings", "One lesion, 12 mm."),))
    shown = cited(sentence)
    matched.qtbot.addWidget(shown)
    quote = matched.find(QLabel, "citation.quote", shown)
    assert quote.isHidden()
    matched.click("citation.0", shown)
    assert unbroken("One lesion, 12 mm.") in quote.text()
    assert not quote.isHidden()


def test_a_source_cited_twice_is_named_once_with_both_quotes() -> None:
    citations = [Citation("report:Findings", words) for words in ("one", "two", "one")]
    assert by_source(citations) == {"Report, findings": ["one", "two"]}


def test_the_conversation_stands_in_line_with_the_field_also_beside_a_scroll_bar(
    matched: Driver,
) -> None:
    matched.enter(PATIENT)
    page = matched.visit("assistant")
    assert isinstance(page, AssistantPage)

    def left_px(widget: QWidget) -> int:
        return widget.mapTo(page, widget.rect().topLeft()).x()

    def in_line() -> bool:
        bubble = page.findChildren(Bubble, "bubble.machine")[0]
        notice = matched.find(QWidget, "assistant.notice", page)
        return left_px(bubble) == left_px(page.field) == left_px(notice)

    matched.until(in_line)
    assert page._area.verticalScrollBar().maximum() == 0
    for _ in range(12):
        page._add(Bubble.machine_text("A sentence that is long enough to wrap. " * 12))
    matched.until(lambda: page._area.verticalScrollBar().maximum() > 0)
    matched.until(in_line)


def test_a_long_talk_ends_where_its_last_message_ends(matched: Driver) -> None:
    matched.enter(PATIENT)
    page = matched.visit("assistant")
    assert isinstance(page, AssistantPage)
    last = Bubble.machine_text("A sentence that is long enough to wrap. " * 12)
    for _ in range(12):
        page._add(Bubble.machine_text("A sentence that is long enough to wrap. " * 12))
    page._add(last)
    view = page._area.viewport()

    def gap_px() -> int:
        bottom = last.mapTo(view, last.rect().bottomLeft()).y()
        return abs(view.height() - bottom)

    matched.until(lambda: page._area.verticalScrollBar().maximum() > 0 and gap_px() < 40)


def _opened_in_an_emergency(driver: Driver) -> None:
    clinic = driver.workstation.clinic
    admitting.add_staff(
        clinic.sign_in(ADMIN, PASSWORD), SignUp(Role.DOCTOR, "Emil Roux", "emil", PASSWORD)
    )
    iris = clinic.sign_in(DOCTOR, PASSWORD)
    with iris.begin() as work:
        work.studies.put(Study("1.2.3", "p1", iris.now(), "MRI head"))
    reading.open_study(iris, "1.2.3")
    emil = clinic.sign_in("emil", PASSWORD)
    emergency.start(emil, "1.2.3", EmergencyReason.ON_CALL, "Nobody else was here", PASSWORD)
    reading.open_study(emil, "1.2.3")
    clinic.sign_out()


def test_the_patient_reads_who_opened_the_chart_in_an_emergency_and_saves_the_list(
    matched: Driver, tmp_path: Path
) -> None:
    _opened_in_an_emergency(matched)
    matched.enter(PATIENT)
    told = matched.find(QLabel, "my-health.emergencies.text").text()
    assert told.startswith("Emil Roux opened your data in an emergency on ")
    page = matched.visit("access")
    assert isinstance(page, AccessListPage)
    assert "the doctor was on call" in matched.find(QLabel, "access.emergencies.text").text()
    seen = [(one.who, one.action, one.emergency) for one in page.own.rows.records]
    assert ("Emil Roux", "study.opened", True) in seen
    assert ("Iris Moreau", "study.opened", False) in seen
    few = len(seen)
    page.changes.setChecked(True)
    assert len(page.own.rows.records) > few
    page.save_to(tmp_path / "mine.json")
    matched.settle()
    assert (tmp_path / "mine.json").stat().st_size > 500
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")
