"""Steps 7 and 8: the patient reads, asks and books; the messages really go out."""

from __future__ import annotations

from contextlib import closing
from datetime import time

from PySide6.QtWidgets import QWidget

from app.demo.cast import DOCTOR, PATIENT
from app.demo.doctor_acts import sign_in
from app.demo.receivers import Mailbox
from app.demo.stage import Stage, quiet
from app.demo.steps import DemoFailedError, expect
from app.events import AppointmentChanged
from app.pages.assistant import AssistantPage
from app.pages.visit_cards import VisitCard
from app.workflow import admitting, booking, explaining, notifying
from app.workflow.reading import open_study
from assistant.records import Reply
from assistant.wishes import ReplyKind
from scheduling.records import Channel, NoticeState


def prepare_visit(stage: Stage) -> None:
    """The doctor matches the patient's account and gives working hours; offline."""
    if stage.window.session is None or stage.signed_in().actor.name != DOCTOR.name:
        sign_in(stage, DOCTOR.username)
    doctor = stage.signed_in()
    patient = open_study(doctor, stage.study_uid).patient
    account = admitting.unmatched_patients(doctor)[0]
    admitting.match_patient(doctor, account.id, patient.id)
    for weekday in range(5):
        booking.add_availability(
            doctor,
            practitioner_id=doctor.actor.practitioner_id,
            weekday=weekday,
            starts=time(9),
            ends=time(12),
            slot_minutes=30,
        )


def explain_report(stage: Stage) -> None:
    """The patient reads the released report in plain words and asks about it."""
    prepare_visit(stage)
    sign_in(stage, PATIENT.username)
    stage.hand.find("my-health.ask", QWidget)
    stage.hand.pause(400)
    stage.hand.picture("13-my-health")
    patient = stage.signed_in()
    explanation = explaining.explain(patient, stage.report_id)
    for sentence in explanation.sentences[:3]:
        stage.steps.note(f"“{sentence.text}”")
    expect(all(one.citations for one in explanation.sentences), "a sentence cites nothing")
    step = explanation.next_step
    expect(step is not None, "no next step is suggested")
    if step is not None:
        stage.steps.note(f"next step: “{step.text}”")
    stage.hand.click("my-health.ask")
    with stage.heart.watch("explanation"):
        reply = _ask(stage, "What does my report mean?")
    expect(reply.kind in {ReplyKind.EXPLANATION, ReplyKind.ANSWER}, "the report is not explained")
    with stage.heart.watch("language model"):
        _ask(stage, "Hello")
    stage.hand.picture("14-assistant")


def book_visit(stage: Stage) -> None:
    """The assistant offers free times; one click books; mail and SMS wait, then go out."""
    reply = _ask(stage, "I would like an appointment with the neurosurgeon next week")
    expect(reply.kind is ReplyKind.SLOTS and reply.slots, "no free times were offered")
    stage.hand.picture("15-free-times")
    changed = stage.hears(AppointmentChanged)
    page = _assistant_page(stage)
    card = next(one for one in page.findChildren(VisitCard) if one.book.isEnabled())
    card.book.click()
    stage.hand.until(changed, "the booking", 30)
    stage.hand.pause(300)
    stage.hand.picture("16-booked")
    entry = booking.my_appointments(stage.signed_in())[-1]
    stage.appointment_id = entry.appointment.id
    when = f"{entry.appointment.starts:%Y-%m-%d %H:%M} UTC"
    stage.steps.note(f"{when} with {entry.practitioner_name}: {entry.appointment.status.value}")
    _send_messages(stage)


def _send_messages(stage: Stage) -> None:
    """First nobody answers at the mail server; later it is there and the outbox tries again."""
    stage.workstation.background_turn(quiet)
    sign_in(stage, "dan")
    waiting = [
        one
        for one in notifying.notices(stage.signed_in(), stage.appointment_id)
        if one.channel is Channel.EMAIL
    ]
    expect(
        all(one.state is NoticeState.PLANNED and one.last_error for one in waiting),
        "a message claims to have gone out while nobody was there",
    )
    stage.steps.note(f"mail server away: “{waiting[0].last_error}”; kept for later")
    stage.clock.later(minutes=5)
    with closing(Mailbox(stage.out / "mail", stage.mail_port)) as mailbox:
        stage.workstation.background_turn(quiet)
        stage.hand.until(mailbox.messages, "the e-mail", 30)
        stage.hand.until(stage.gateway.messages, "the SMS", 30)
        mails, texts = mailbox.messages(), stage.gateway.messages()
    kind = "Kannel" if stage.gateway.real else "a receiver of Kannel's shape"
    stage.steps.note(f"{len(mails)} e-mail, {len(texts)} SMS through {kind}")
    (stage.out / "sms" / "received.txt").write_text("\n".join(texts) + "\n", "utf-8")
    stage.window.visit("calendar")
    stage.hand.click("calendar.forward")
    stage.hand.pause(300)
    stage.hand.picture("17-calendar")


def _ask(stage: Stage, text: str) -> Reply:
    page = _assistant_page(stage)
    answers: list[Reply] = []
    page.answered.connect(answers.append)
    stage.hand.until(page.send.isEnabled, "the assistant to listen", 30)
    page.say(text)
    stage.hand.until(lambda: answers, f"an answer to “{text}”", 90)
    page.answered.disconnect(answers.append)
    stage.hand.pause(200)
    return answers[0]


def _assistant_page(stage: Stage) -> AssistantPage:
    stage.hand.until(
        lambda: isinstance(stage.window.page, AssistantPage), "the assistant's page", 10
    )
    page = stage.window.page
    if not isinstance(page, AssistantPage):
        raise DemoFailedError("the assistant's page is not in front")
    return page
