"""The assistant's page: two languages, kept conversations, one patient at a time, plain text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from app.events import AppointmentChanged
from app.pages.answer_review import AnswerReviewPanel
from app.pages.answer_reviews import AnswerReviewsPage
from app.pages.assistant import AssistantPage
from app.pages.bubbles import Bubble
from app.pages.visit_cards import VisitCard
from app.records import AnswerFault
from app.workflow import booking, conversing, explaining
from assistant.phrases import phrases
from assistant.records import Citation, Reply, Report, ReportStatus, Section, Sentence
from assistant.wishes import Act, ReplyKind
from scheduling.records import AppointmentStatus
from tests.app.pages.test_patient import matched  # noqa: F401 - a fixture
from tests.app.shell.driver import ADMIN, DOCTOR, PATIENT, Driver
from tests.assistant.injections import ORDERS

SIGNED_AT = datetime(2026, 5, 2, 9, tzinfo=UTC)


@pytest.fixture
def talk(matched: Driver) -> AssistantPage:  # noqa: F811 - the fixture
    """The page of the matched patient, without a language model."""
    matched.workstation.language_model = lambda: None  # type: ignore[method-assign]
    matched.enter(PATIENT)
    page = matched.visit("assistant")
    assert isinstance(page, AssistantPage)
    return page


def say(driver: Driver, page: AssistantPage, text: str) -> None:
    with driver.qtbot.waitSignal(page.answered, timeout=30_000):
        page.say(text)
    driver.settle()


def cards(page: AssistantPage) -> list[VisitCard]:
    return [one for one in page.findChildren(VisitCard) if not one.book.isHidden()]


def test_the_page_speaks_the_chosen_language_and_the_number_stays(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    for language in ("de", "en"):
        talk.language.setCurrentIndex(talk.language.findData(language))
        talk._choose_language()
        words = phrases(language)
        assert talk.send.text() == words.say("page.send")
        assert talk.emergency.text() == words.say("page.emergency", number="112")
        assert talk.field.accessibleName() == words.say("page.message")
        shown = [one.text() for one in talk.findChildren(QLabel) if not one.isHidden()]
        assert words.say("page.machine") in shown
        assert words.say("page.welcome") in shown
    assert matched.find(QLabel, "assistant.no-model", talk).isVisible()


def test_a_visit_is_booked_moved_cancelled_and_each_is_taken_back(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    say(matched, talk, "Show free times")
    cards(talk)[0].book.click()
    cards(talk)[0].book.click()
    matched.settle()
    (entry,) = booking.my_appointments(matched.session)
    say(matched, talk, "My appointments")
    shown = [one for one in talk.findChildren(VisitCard) if not one.choose.isHidden()]
    with matched.qtbot.waitSignal(talk.answered, timeout=30_000):
        shown[-1].choose.click()
    matched.settle()
    move = cards(talk)[-1]
    move.book.click()
    matched.settle()
    (moved,) = booking.my_appointments(matched.session)
    assert moved.appointment.id == entry.appointment.id
    assert moved.appointment.starts != entry.appointment.starts
    move.undo.click()
    matched.settle()
    (back,) = booking.my_appointments(matched.session)
    assert back.appointment.starts == entry.appointment.starts
    say(matched, talk, "cancel my appointment")
    card = cards(talk)[-1]
    card.book.click()
    matched.settle()
    states = [one.appointment.status for one in booking.my_appointments(matched.session)]
    assert states == [AppointmentStatus.CANCELLED]
    card.undo.click()
    matched.settle()
    states = [one.appointment.status for one in booking.my_appointments(matched.session)]
    assert sorted(states) == [AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED]


def test_a_card_whose_appointment_has_changed_since_says_so_and_does_nothing(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    say(matched, talk, "Show free times")
    booked = cards(talk)[0]
    booked.book.click()
    matched.settle()
    say(matched, talk, "move my appointment")
    move = next(one for one in reversed(cards(talk)) if one.act is Act.MOVE)
    say(matched, talk, "cancel my appointment")
    stale = next(one for one in reversed(cards(talk)) if one.act is Act.CANCEL)
    move.book.click()
    matched.until(lambda: stale._badge.text() == "Changed since")
    assert stale.book.isHidden()
    assert stale.choose.isHidden()
    assert move.when in stale._note.text()
    assert (booked._badge.text(), booked.undo.isHidden()) == ("Changed since", True)
    assert move._badge.text() == "Moved"
    stale.wanted.emit()  # a click that was on its way
    matched.settle()
    (entry,) = booking.my_appointments(matched.session)
    assert entry.appointment.status is AppointmentStatus.BOOKED
    say(matched, talk, "cancel my appointment")
    fresh = next(one for one in reversed(cards(talk)) if one.act is Act.CANCEL)
    fresh.book.click()
    matched.until(lambda: move._badge.text() == "Changed since")
    assert fresh._badge.text() == "Cancelled"
    assert "does not stand any more" in move._note.text()
    assert move.undo.isHidden()


def test_a_change_made_at_the_desk_is_told_on_the_card(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    say(matched, talk, "Show free times")
    cards(talk)[0].book.click()
    matched.settle()
    say(matched, talk, "My appointments")
    card = next(one for one in reversed(cards(talk)) if one.act is Act.CANCEL)
    (entry,) = booking.my_appointments(matched.session)
    gone = replace(entry.appointment, status=AppointmentStatus.CANCELLED)
    with matched.session.begin() as work:
        work.appointments.put(gone)
    matched.workstation.bus.publish(AppointmentChanged(gone.id))
    matched.until(lambda: card._badge.text() == "Changed since")
    assert card.book.isHidden()


def test_a_conversation_is_taken_up_again_and_erased(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    say(matched, talk, "Show free times")
    kept = talk._conversation_id
    talk.begin_anew()
    matched.settle()
    talk._open_past()
    matched.settle()
    matched.click(f"assistant.past.go.{kept}", talk)
    matched.settle()
    assert talk._conversation_id == kept
    texts = [one.text() for one in talk.findChildren(QLabel) if not one.isHidden()]
    assert "Show free times" in texts
    say(matched, talk, "the first")
    assert "You chose" in " ".join(one.text() for one in talk.findChildren(QLabel))
    talk._open_past()
    matched.settle()
    told = [one.text() for one in talk.findChildren(QLabel)]
    assert phrases("en").say("page.offered_then") in told
    matched.click(f"assistant.past.erase.{kept}", talk)
    matched.settle()
    assert [one.id for one in conversing.past(matched.session)] == [kept]
    matched.click(f"assistant.past.keep.{kept}", talk)
    assert matched.find(QPushButton, f"assistant.past.go.{kept}", talk).isEnabled()
    matched.click(f"assistant.past.erase.{kept}", talk)
    matched.click(f"assistant.past.sure.{kept}", talk)
    matched.settle()
    assert conversing.past(matched.session) == ()
    matched.until(matched.find(QWidget, "assistant.past.none", talk).isVisible)
    assert talk._conversation_id == ""


def test_an_answer_is_shown_again_as_it_was_with_its_sources(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    quoted = Citation("report:Impression", "No acute finding.")
    answer = Reply(
        ReplyKind.EXPLANATION,
        (Sentence("Nothing new was found.", (quoted,)), Sentence("You could ask when to come.")),
    )
    alarm = Reply(ReplyKind.EMERGENCY, (Sentence("Call now."),))
    kept = say_and_keep(matched, talk, answer, alarm)
    section = Section("Impression", "No acute finding.")
    talk._show_reports(
        (Report("r1", 1, "1.2", "p1", "d1", ReportStatus.PARTIAL, SIGNED_AT, (section,)),)
    )
    talk.take_up(kept)
    matched.settle()
    bubbles = talk.findChildren(Bubble, "bubble.machine")
    told = [one.accessibleName() for one in bubbles if one.isVisibleTo(talk)]
    spoken = phrases("en").say("page.machine_said")
    assert f"{spoken}: Nothing new was found. You could ask when to come." in told
    texts = [one.text() for one in talk.findChildren(QLabel) if one.isVisibleTo(talk)]
    assert {"Nothing new was found.", "You could ask when to come."} <= set(texts)
    links = [one for one in talk.findChildren(QPushButton, "citation.0") if one.isVisibleTo(talk)]
    assert [one.text() for one in links] == [
        phrases("en").say("page.source_of", report=talk.report.currentText(), section="impression")
    ]
    links[0].click()
    texts = [one.text() for one in talk.findChildren(QLabel) if one.isVisibleTo(talk)]
    assert "“No acute finding.”" in texts
    urgent = [one for one in bubbles if one.accessibleName().endswith("Call now.")]
    assert urgent[0].findChild(QFrame).property("tone") == "danger"


def test_a_conversation_begun_while_one_is_answered_stays_its_own(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    talk.say("Explain my report")
    talk.begin_anew()
    assert talk.send.isEnabled()
    assert talk.stop.isHidden()
    matched.settle()
    assert talk._history == []
    assert talk._conversation_id == ""
    texts = [one.text() for one in talk.findChildren(QLabel) if one.isVisibleTo(talk)]
    assert phrases("en").say("page.stopped") not in texts
    say(matched, talk, "hello")
    assert len(talk._history) == 2


def say_and_keep(driver: Driver, page: AssistantPage, *answers: Reply) -> str:
    """Put answers into a kept conversation; return its id."""
    say(driver, page, "hello")
    with driver.session.begin() as work:
        held = work.conversations.get(page._conversation_id)
        assert held is not None
        for answer in answers:
            for turn in explaining.turns("And?", answer, "r1"):
                work.conversations.add_turn(held, turn)
    return page._conversation_id


def test_an_answer_is_reported_with_the_excerpt_only_if_agreed(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    for agreed in (True, False):
        say(matched, talk, "hello")
        talk.findChildren(QPushButton, "assistant.review")[-1].click()
        panel = talk.findChildren(AnswerReviewPanel)[-1]
        panel.consent.setChecked(agreed)
        panel.words.setText("unclear")
        panel.send.click()
        matched.settle()
    with matched.workstation.clinic.storage.begin(matched.session.actor) as work:
        filed = {bool(one.answer): one for one in work.answer_reviews.all()}
    assert filed[True].question == "hello"
    assert filed[False].question == filed[False].answer == ""


def test_what_could_not_be_done_is_told_apart_from_an_emergency(talk: AssistantPage) -> None:
    talk._speak("de")
    talk._could_not("The disk is full.")
    talk._stopped()
    tones = [str(one.property("tone") or "") for one in talk.findChildren(QFrame)]
    texts = " ".join(one.text() for one in talk.findChildren(QLabel))
    assert "warning" in tones
    assert "danger" not in tones
    assert phrases("de").say("page.could_not", reason="The disk is full.") in texts


def test_a_doctors_specialty_is_said_in_the_words_of_the_conversation(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    talk._speak("de")
    say(matched, talk, "Freie Termine zeigen")
    texts = " ".join(one.text() for one in cards(talk)[0].findChildren(QLabel))
    assert "Neurochirurgie" in texts


def test_whatever_is_said_is_shown_as_plain_text(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    for order in ORDERS[10:12]:
        say(matched, talk, order)
    texts = [one for one in talk.findChildren(QLabel) if one.text()]
    assert any("<b>" in one.text() for one in texts)
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in texts)


def test_another_person_finds_nothing_of_the_conversation_and_the_model_has_forgotten(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    forgotten: list[str] = []
    forget = matched.workstation.forget_conversation

    def watched() -> None:
        forgotten.append("all")
        forget()

    matched.workstation.forget_conversation = watched  # type: ignore[method-assign]
    say(matched, talk, "my canary question")
    matched.window.sign_out()
    matched.until(lambda: forgotten)
    matched.settle()
    matched.enter(DOCTOR)
    page = matched.visit("assistant")
    assert page is not talk
    assert "canary" not in " ".join(one.text() for one in page.findChildren(QLabel))


def test_the_clinic_looks_at_reports_of_answers_closes_them_and_erases_unseen(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    say(matched, talk, "my canary question")
    conversing.file_review(matched.session, AnswerFault.UNCLEAR, "too short", ("", ""))
    matched.window.sign_out()
    matched.settle()
    matched.enter(DOCTOR)
    matched.visit("monitoring")
    matched.click("monitoring.answers")
    matched.settle()
    page = matched.page
    assert isinstance(page, AnswerReviewsPage)
    (review,) = conversing.reviews(matched.session)
    matched.type(f"answer-reviews.outcome.{review.id}", "The text was mended.", page)
    matched.click(f"answer-reviews.close.{review.id}", page)
    matched.settle()
    assert not conversing.reviews(matched.session)[0].is_open
    matched.window.sign_out()
    matched.settle()
    matched.enter(ADMIN)
    admin = matched.visit("answer_reviews")
    shown = " ".join(one.text() for one in admin.findChildren(QLabel))
    assert "too short" in shown
    assert "canary" not in shown
    matched.type("answer-reviews.number", "MRN-1", admin)
    matched.click("answer-reviews.erase", admin)
    matched.settle()
    matched.until(matched.find(QWidget, "answer-reviews.none", admin).isVisible)


def test_tab_goes_through_the_conversation_before_the_line_to_write_in(
    matched: Driver,  # noqa: F811
    talk: AssistantPage,
) -> None:
    say(matched, talk, "Show free times")
    stops, one = [], talk.language
    while one is not talk.field:
        stops.append(one.objectName())
        one = one.nextInFocusChain()
    assert {"choice.0", "slot.book", "assistant.review"} <= set(stops)
    assert stops.index("choice.0") < stops.index("slot.book")
