"""Conversations with the assistant: held, kept, taken up again, erased; and reviews of answers.

A patient's conversation is kept, sealed under the patient's key, until the patient or an
administrator erases it. What staff ask is general, about nobody, and is not kept (ADR 48). The
audit trail tells who asked when and about which report, never what was said.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.accounts.permissions import Permission
from app.errors import DamagedFileError, NotFoundError
from app.records import AnswerFault, AnswerReview, Conversation
from app.storage.work import Work
from app.workflow import explaining
from app.workflow.explaining import Helpers, Message
from app.workflow.session import Session
from assistant.records import Reply, Turn

_LINE = 60
_LONGEST = 2000
ERASED = "This conversation was erased."


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and the conversation it was given in."""

    conversation_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class PastConversation:
    """A conversation as a list shows it: when, and how it began."""

    id: str
    updated_at: datetime
    language: str
    began: str = field(repr=False)


def say(
    session: Session,
    conversation_id: str,
    report_id: str,
    message: Message,
    with_whom: Helpers,
    on_token: Callable[[str], None],
) -> Said:
    """Answer one message in a conversation of the signed-in patient and keep both.

    An empty ``conversation_id`` begins a new one. What was said before is read from what was kept;
    the message's own history does not count.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.KEEP_CONVERSATION, patient_id)
    with session.begin() as work:
        held = _mine(work, session, conversation_id) if conversation_id else None
        before = work.conversations.turns(held.id) if held else ()
    if message.again:
        before = _until_last_question(before)
    message = replace(message, text=message.text[:_LONGEST], history=before)
    reply = explaining.ask(session, report_id, message, with_whom, on_token)
    now = session.now()
    with session.begin() as work:
        if held is None:
            held = Conversation(str(uuid.uuid4()), patient_id, session.actor.account_id, now, now)
            work.note("conversation.begun", held.id, patient_id=patient_id)
        elif work.conversations.get(held.id) is None:
            raise NotFoundError(ERASED)
        held = replace(held, updated_at=now, language=message.language, report_id=report_id)
        work.conversations.put(held)
        for turn in explaining.turns(message.text, reply, report_id):
            work.conversations.add_turn(held, turn)
    return Said(held.id, reply)


def done(session: Session, conversation_id: str, words: str) -> None:
    """Keep what came of a click, so that a conversation taken up again tells it."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.KEEP_CONVERSATION, patient_id)
    with session.begin() as work:
        held = _mine(work, session, conversation_id)
        work.conversations.put(replace(held, updated_at=session.now()))
        work.conversations.add_turn(held, Turn("assistant", words[:_LONGEST]))


def past(session: Session) -> tuple[PastConversation, ...]:
    """Return the signed-in patient's own conversations, the one last spoken in first."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.KEEP_CONVERSATION, patient_id)
    with session.begin() as work:
        return tuple(
            PastConversation(one.id, one.updated_at, one.language, _began(work, one.id))
            for one in work.conversations.of_patient(patient_id)
            if one.account_id == session.actor.account_id
        )


def take_up(session: Session, conversation_id: str) -> tuple[Conversation, tuple[Turn, ...]]:
    """Return an own conversation with what was said in it, to go on from there."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.KEEP_CONVERSATION, patient_id)
    with session.begin() as work:
        held = _mine(work, session, conversation_id)
        turns = work.conversations.turns(held.id)
        work.note("conversation.read", held.id, patient_id=patient_id)
    return held, turns


def erase(session: Session, conversation_id: str) -> None:
    """Erase one own conversation for good."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.KEEP_CONVERSATION, patient_id)
    with session.begin() as work:
        work.conversations.remove(_mine(work, session, conversation_id).id)
        work.note("conversation.erased", conversation_id, patient_id=patient_id)


def erase_of_patient(session: Session, patient_id: str) -> int:
    """Erase every conversation of a patient and the reviews filed; return how many went.

    An administrator does so at the patient's request; nothing of it is shown.
    """
    session.authorize(Permission.ERASE_CONVERSATIONS)
    with session.begin() as work:
        theirs = work.conversations.of_patient(patient_id)
        for one in theirs:
            work.conversations.remove(one.id)
        work.answer_reviews.remove_of_patient(patient_id)
        work.note(
            "conversation.erased", patient_id, patient_id=patient_id, detail=f"{len(theirs)} of all"
        )
    return len(theirs)


def file_review(
    session: Session, fault: AnswerFault, words: str, asked_and_answered: tuple[str, str]
) -> AnswerReview:
    """Ask the clinic to look at an answer.

    ``asked_and_answered`` are question and answer where the patient agrees that the clinic reads
    them; two empty texts otherwise.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.KEEP_CONVERSATION, patient_id)
    question, answer = asked_and_answered
    review = AnswerReview(
        str(uuid.uuid4()),
        patient_id,
        session.actor.account_id,
        session.now(),
        fault,
        words.strip()[:_LONGEST],
        question[:_LONGEST],
        answer[:_LONGEST],
    )
    with session.begin() as work:
        work.answer_reviews.put(review)
        work.note("answer-review.filed", review.id, patient_id=patient_id, detail=fault.value)
    return review


def reviews(session: Session) -> tuple[AnswerReview, ...]:
    """Return what people found wrong with answers, open ones first, then the newest."""
    session.authorize(Permission.REVIEW_ANSWERS)
    with session.begin() as work:
        found = work.answer_reviews.all()
        for patient_id in sorted({one.patient_id for one in found if one.answer}):
            work.note("answer-review.read", patient_id, patient_id=patient_id)
    return tuple(sorted(found, key=lambda one: not one.is_open))


def answer_review(session: Session, review_id: str, outcome: str) -> AnswerReview:
    """Close a review with what came of it."""
    session.authorize(Permission.REVIEW_ANSWERS)
    with session.begin() as work:
        review = work.answer_reviews.get(review_id)
        if review is None:
            raise NotFoundError("There is no such review.")
        if not outcome.strip():
            raise NotFoundError("Please say what came of it.")
        closed = replace(
            review,
            answered_by=session.actor.account_id,
            answered_at=session.now(),
            outcome=outcome.strip()[:_LONGEST],
        )
        work.answer_reviews.put(closed)
        work.note("answer-review.answered", review_id, patient_id=review.patient_id)
    return closed


def _mine(work: Work, session: Session, conversation_id: str) -> Conversation:
    """Return the conversation if this account held it on its patient; others look like absent ones.

    An account that was matched by mistake has left its own in the record.
    """
    held = work.conversations.get(conversation_id)
    mine = session.actor.patient_id, session.actor.account_id
    if held is None or (held.patient_id, held.account_id) != mine:
        raise NotFoundError(ERASED)
    return held


def _until_last_question(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return what was said before the patient's last message."""
    asked = [at for at, turn in enumerate(turns) if turn.speaker == "patient"]
    return turns[: asked[-1]] if asked else turns


def _began(work: Work, conversation_id: str) -> str:
    """Return the first words of a conversation; none where its key was erased."""
    try:
        turns = work.conversations.turns(conversation_id)
    except DamagedFileError:
        return ""
    first = next((turn.text for turn in turns if turn.speaker == "patient"), "")
    return first if len(first) <= _LINE else f"{first[:_LINE].rstrip()}…"
