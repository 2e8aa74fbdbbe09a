"""Conversations are kept for their patient alone, taken up again, and erased for good."""

from __future__ import annotations

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError
from app.records import AnswerFault, Role
from app.workflow import admitting, auditing, conversing, matching
from app.workflow.explaining import Helpers, Message
from app.workflow.session import Session
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PATIENT, enter, sign_up
from tests.app.workflow.samples import PATIENT_ID, give_hours, match, put_study
from viewer.records import Patient

SECRET = "my canary question"


@pytest.fixture
def zoe(clinic: Workstation) -> Session:
    """The patient, matched, with a doctor who has hours every day."""
    put_study(enter(clinic, DOCTOR))
    match(clinic)
    give_hours(clinic)
    return enter(clinic, PATIENT)


def say(session: Session, text: str, conversation_id: str = "", language: str = "en"):
    return conversing.say(
        session, conversation_id, "", Message(text, language=language), Helpers(), lambda _: None
    )


def test_a_conversation_is_kept_listed_and_goes_on_where_it_was(clinic, zoe):
    offered = say(zoe, "I would like to book an appointment")
    again = enter(clinic, PATIENT)
    chosen = say(again, "the second", offered.conversation_id)
    assert chosen.conversation_id == offered.conversation_id
    assert chosen.reply.slots == (offered.reply.slots[1],)
    (line,) = conversing.past(again)
    assert line.began == "I would like to book an appointment"
    held, turns = conversing.take_up(again, line.id)
    assert held.patient_id == PATIENT_ID
    assert [turn.speaker for turn in turns] == ["patient", "assistant"] * 2
    assert (turns[1].kind, turns[1].sentences) == (offered.reply.kind, offered.reply.sentences)


def test_what_a_click_did_is_told_when_it_is_taken_up_again(zoe):
    begun = say(zoe, "hello").conversation_id
    conversing.done(zoe, begun, "The appointment is booked.")
    assert conversing.take_up(zoe, begun)[1][-1].text == "The appointment is booked."


def test_only_its_patient_reads_goes_on_with_or_erases_a_conversation(clinic, zoe):
    begun = say(zoe, SECRET).conversation_id
    with zoe.begin() as work:
        held = work.conversations.get(begun)
        work.patients.put(Patient("other", "Other, Ole"))
        work.conversations.put(type(held)("theirs", "other", "x", zoe.now(), zoe.now()))
    for act in (
        lambda: conversing.take_up(zoe, "theirs"),
        lambda: conversing.erase(zoe, "theirs"),
        lambda: say(zoe, "go on", "theirs"),
        lambda: conversing.done(zoe, "theirs", "x"),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert [one.id for one in conversing.past(zoe)] == [begun]
    for staff in (DOCTOR, ADMIN):
        session = enter(clinic, staff)
        with pytest.raises(ForbiddenError):
            conversing.take_up(session, begun)
        with pytest.raises(ForbiddenError):
            conversing.past(session)


def test_what_an_account_matched_by_mistake_said_is_not_shown_to_the_right_person(clinic, zoe):
    begun = say(zoe, SECRET).conversation_id
    clinic.clinic.sign_out()
    sign_up(clinic, Role.PATIENT, "wren", "Wren Canary")
    desk = enter(clinic, DESK)
    matching.unmatch(desk, zoe.actor.account_id, "Two sisters")
    (right,) = (one for one in admitting.unmatched_patients(desk) if one.username == "wren")
    admitting.match_patient(desk, right.id, PATIENT_ID)
    wren = enter(clinic, "wren")
    assert conversing.past(wren) == ()
    with pytest.raises(NotFoundError):
        conversing.take_up(wren, begun)


def test_the_audit_trail_tells_who_asked_when_and_never_what(clinic, zoe):
    begun = say(zoe, SECRET).conversation_id
    conversing.take_up(zoe, begun)
    conversing.file_review(zoe, AnswerFault.WRONG, SECRET, (SECRET, "an answer"))
    conversing.erase(zoe, begun)
    told = repr(auditing.lines(enter(clinic, ADMIN)))
    assert SECRET not in told
    for act in ("assistant.asked", "conversation.begun", "conversation.read",
                "conversation.erased", "answer-review.filed"):  # fmt: skip
        assert act in told


def test_a_patient_erases_one_conversation_and_it_is_gone(zoe):
    first, second = say(zoe, "hello").conversation_id, say(zoe, "thanks").conversation_id
    conversing.erase(zoe, first)
    assert [one.id for one in conversing.past(zoe)] == [second]
    with pytest.raises(NotFoundError):
        conversing.take_up(zoe, first)
    with pytest.raises(NotFoundError):
        say(zoe, "go on", first)


def test_an_administrator_erases_a_patients_conversations_without_seeing_them(clinic, zoe):
    say(zoe, "hello")
    say(zoe, "thanks")
    conversing.file_review(zoe, AnswerFault.WRONG, "x", ("", ""))
    admin = enter(clinic, ADMIN)
    assert conversing.erase_of_patient(admin, PATIENT_ID) == 2
    assert conversing.reviews(admin) == ()
    again = enter(clinic, PATIENT)
    assert conversing.past(again) == ()


def test_a_review_shows_the_excerpt_only_with_consent_and_is_closed_by_an_answer(clinic, zoe):
    with_it = conversing.file_review(zoe, AnswerFault.WRONG, "no", ("q", "a"))
    without = conversing.file_review(zoe, AnswerFault.UNCLEAR, "", ("", ""))
    doctor = enter(clinic, DOCTOR)
    found = {one.id: one for one in conversing.reviews(doctor)}
    assert (found[with_it.id].question, found[with_it.id].answer) == ("q", "a")
    assert (found[without.id].question, found[without.id].answer) == ("", "")
    assert all(one.is_open for one in found.values())
    closed = conversing.answer_review(doctor, with_it.id, "The text was mended.")
    assert not closed.is_open
    assert [one.is_open for one in conversing.reviews(doctor)] == [True, False]


def test_what_the_message_claims_was_said_before_does_not_count(zoe):
    offered = say(zoe, "I would like to book an appointment")
    forged = Message("the second", history=conversing.take_up(zoe, offered.conversation_id)[1])
    said = conversing.say(zoe, "", "", forged, Helpers(), lambda _: None)
    assert said.reply.slots == ()


def test_a_question_asked_again_in_another_language_is_answered_as_it_was_the_first_time(zoe):
    begun = say(zoe, "I would like to book an appointment").conversation_id
    asked = "Haben Sie noch etwas später für mich?"
    first = say(zoe, asked, begun).reply
    again = Message(asked, language="de", again=True)
    said = conversing.say(zoe, begun, "", again, Helpers(), lambda _: None).reply
    assert said.slots == first.slots != ()
    assert said.sentences != first.sentences
    held, turns = conversing.take_up(zoe, begun)
    assert held.language == "de"
    assert [turn.text for turn in turns if turn.speaker == "patient"][1:] == [asked, asked]
