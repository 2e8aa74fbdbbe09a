"""Explaining a released report to its patient, and answering the patient's questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.records import Withdrawal
from app.storage.work import Work
from app.workflow.arranging import OwnDesk
from app.workflow.emergency_numbers import emergency_number
from app.workflow.knowledge import finder
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.speaking import my_language
from app.workflow.verifying import unchanged
from assistant.conversation import Room, reply
from assistant.drafting.explanation import explain as explain_report
from assistant.drafting.wording import reword as reword_explanation
from assistant.knowledge.library import Library
from assistant.ports import Embedder, LanguageModel, PairReader
from assistant.records import Explanation, ModelProfile, Reply, Report, Turn
from viewer.ports import Progress


@dataclass(frozen=True, slots=True)
class Message:
    """One message, what was said before it, and the language it is answered in.

    ``picked`` is the id of an own appointment that was pointed at, or empty. ``again`` says that
    the message was answered in another language before: that answer does not count.
    """

    text: str = field(repr=False)
    history: tuple[Turn, ...] = ()
    language: str = "en"
    picked: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Helpers:
    """The local models there are, and what may be quoted.

    Without models, rules and templates answer alone; without a library, the program's own passages.
    """

    model: LanguageModel | None = None
    embedder: Embedder | None = None
    library: Library | None = None


def my_reports(session: Session) -> tuple[Report, ...]:
    """Return the signed-in patient's released reports, newest first, each checked."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_REPORT, patient_id)
    with session.begin() as work:
        reports = work.reports.released_to(patient_id)
        for report in reports:
            work.note("report.read", report.id, patient_id=patient_id)
    for report in reports:
        _check(session, report)
    return tuple(sorted(reports, key=lambda one: one.updated_at, reverse=True))


def taken_back(session: Session) -> tuple[Withdrawal, ...]:
    """Return what was taken back from the signed-in patient and is not released again.

    The newest of each report, with its reason in words for the patient.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_REPORT, patient_id)
    with session.begin() as work:
        newest: dict[str, Withdrawal] = {}
        for one in work.withdrawals.of_patient(patient_id):
            newest.setdefault(one.report_id, one)
        return tuple(
            one for one in newest.values() if work.reports.released_at(one.report_id) is None
        )


def explain(session: Session, report_id: str) -> Explanation:
    """Return a released report of the signed-in patient in plain words, in the own language."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.ASK_ASSISTANT, patient_id)
    with session.begin() as work:
        report = _released(work, patient_id, report_id)
        work.note("report.explained", report_id, patient_id=patient_id)
    _check(session, report)
    return explain_report(report, language=my_language(session))


def reworded(
    session: Session,
    explanation: Explanation,
    model: LanguageModel | None,
    profile: ModelProfile | None,
    progress: Progress,
    language: str = "",
    reader: PairReader | None = None,
) -> Explanation:
    """Return an explanation with the sentences a model worded better, behind the gate.

    It comes back as it is where no model may word in its language, the patient's unless another
    is given. ``progress`` may raise to cancel.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.ASK_ASSISTANT, patient_id)
    if model is None or profile is None or not profile.allow_wording:
        return explanation
    worded = reword_explanation(
        explanation,
        model,
        profile,
        on_token=lambda _: progress(0.0, ""),
        language=language or my_language(session),
        reader=reader,
    )
    if worded != explanation:
        with session.begin() as work:
            detail = profile.sha256
            work.note("report.worded", explanation.report_id, patient_id=patient_id, detail=detail)
    return worded


def ask(
    session: Session,
    report_id: str,
    message: Message,
    with_whom: Helpers,
    on_token: Callable[[str], None],
) -> Reply:
    """Answer one message of the signed-in patient; ``report_id`` may be empty.

    The assistant sees this patient's released report and visits and nobody else's; it books,
    moves and cancels nothing.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.ASK_ASSISTANT, patient_id)
    report = None
    with session.begin() as work:
        if report_id:
            report = _released(work, patient_id, report_id)
        settings = read_settings(work)
        work.note("assistant.asked", report_id or "general", patient_id=patient_id)
    if report is not None:
        _check(session, report)
    room = Room(
        report,
        OwnDesk(session),
        session.now().astimezone(ZoneInfo(settings.zone)),
        model=with_whom.model,
        language=message.language,
        emergency_number=emergency_number(settings),
        embedder=with_whom.embedder,
        find=finder(session, with_whom.library) if with_whom.library is not None else None,
    )
    return reply(
        message.text,
        room,
        history=message.history,
        picked=message.picked,
        on_token=on_token,
    )


def turns(text: str, said: Reply, report_id: str = "") -> tuple[Turn, Turn]:
    """Return a message and its answer, about a report if one is named, as turns."""
    answered = " ".join(sentence.text for sentence in said.sentences)
    answer = Turn("assistant", answered, said.topic, said.kind, said.sentences, report_id)
    return Turn("patient", text), answer


def _check(session: Session, report: Report) -> None:
    """Check the report and what it was signed on, after the reading was noted."""
    if unchanged(session.storage, session.actor, report.id)[-1] != report:
        raise NotFoundError("There is no such report for you.")


def _released(work: Work, patient_id: str, report_id: str) -> Report:
    """Return the report if it is this patient's and released; absent and forbidden look alike."""
    for report in work.reports.released_to(patient_id):
        if report.id == report_id:
            return report
    raise NotFoundError("There is no such report for you.")
