"""Who reads a study: taking it, handing it over with a word, giving it back.

Every step stays in the study's history. What a reader may do follows from it, see
app.accounts.treating.
"""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.accounts.records import Assignment
from app.errors import NotFoundError, TakenByAnotherError, WorkstationError
from app.events import StudyAssigned
from app.records import Account, AccountStatus, Role
from app.storage.work import Work
from app.workflow.session import Session
from viewer.records import Study

WORD_MAX = 500
"""How long the word to the next reader may be."""


def take(session: Session, study_uid: str) -> None:
    """Assign a study to oneself; taking what one has already changes nothing.

    Raises
    ------
    TakenByAnotherError
        Another doctor has it.
    """
    session.authorize(Permission.TAKE_STUDY)
    with session.begin() as work:
        study = _study(work, study_uid)
        holder = work.assignments.reader_of(study_uid)
        if holder == session.actor.account_id:
            return
        if holder:
            raise TakenByAnotherError(
                f"{_name(work, holder)} has this study. Ask for it to be handed over."
            )
        _add_step(session, work, study, session.actor.account_id, "study.taken")
    session.publish(StudyAssigned(study_uid))


def hand_over(session: Session, study_uid: str, account_id: str, word: str = "") -> None:
    """Give a study to another doctor, with a word if need be.

    A doctor hands over what they have themselves; the desk whatever somebody has or nobody.

    Raises
    ------
    TakenByAnotherError
        Another doctor has it.
    """
    session.authorize(Permission.ASSIGN_STUDY)
    if len(word.strip()) > WORD_MAX:
        raise WorkstationError(f"The word is too long: at most {WORD_MAX} characters.")
    with session.begin() as work:
        study = _study(work, study_uid)
        _require_mine(session, work, study_uid)
        to = work.accounts.get(account_id)
        if to is None or to.role is not Role.DOCTOR or to.status is not AccountStatus.ACTIVE:
            raise NotFoundError("There is no such doctor here.")
        _add_step(session, work, study, to.id, "study.handed-over", word.strip())
    session.publish(StudyAssigned(study_uid))


def give_back(session: Session, study_uid: str) -> None:
    """Put a study back among those that wait for a reader."""
    session.authorize(Permission.ASSIGN_STUDY)
    with session.begin() as work:
        study = _study(work, study_uid)
        if not work.assignments.reader_of(study_uid):
            return
        _require_mine(session, work, study_uid)
        _add_step(session, work, study, "", "study.given-back")
    session.publish(StudyAssigned(study_uid))


def readers(session: Session) -> tuple[Account, ...]:
    """Return the doctors a study can be handed to, by name."""
    session.authorize(Permission.ASSIGN_STUDY)
    with session.begin() as work:
        return tuple(
            one
            for one in work.accounts.all()
            if one.role is Role.DOCTOR and one.status is AccountStatus.ACTIVE
        )


def assignments(session: Session, study_uid: str) -> tuple[Assignment, ...]:
    """Return the study's history of readers, the oldest step first."""
    session.authorize(Permission.ASSIGN_STUDY)
    with session.begin() as work:
        _study(work, study_uid)
        return work.assignments.history(study_uid)


def take_if_waiting(work: Work, session: Session, study: Study) -> bool:
    """Take a study that waits for a reader, as opening it for reading does; return whether so."""
    report = work.reports.of_study(study.uid)
    signed = report is not None and not report.status.is_draft
    if signed or work.assignments.reader_of(study.uid):
        return False
    _add_step(session, work, study, session.actor.account_id, "study.taken")
    return True


def word_to(work: Work, session: Session, study_uid: str) -> tuple[str, str]:
    """Return the word this reader was handed the study with and who wrote it; empty if none."""
    newest = next(reversed(work.assignments.history(study_uid)), None)
    if newest is None or newest.reader_id != session.actor.account_id or not newest.word:
        return "", ""
    return newest.word, _name(work, newest.by_id)


def _add_step(
    session: Session, work: Work, study: Study, reader_id: str, act: str, word: str = ""
) -> None:
    """Add a step to the study's history and say so in the audit trail; the word stays out of it."""
    by = session.actor.account_id
    work.assignments.add(Assignment(study.uid, reader_id, by, session.now(), word))
    work.note(act, study.uid, patient_id=study.patient_id, detail=reader_id)


def _require_mine(session: Session, work: Work, study_uid: str) -> None:
    holder = work.assignments.reader_of(study_uid)
    if session.actor.role is Role.DOCTOR and holder not in {"", session.actor.account_id}:
        raise TakenByAnotherError(f"{_name(work, holder)} has this study and can hand it over.")


def _name(work: Work, account_id: str) -> str:
    account = work.accounts.get(account_id)
    return account.name if account else "Somebody else"


def _study(work: Work, study_uid: str) -> Study:
    study = work.studies.get(study_uid)
    if study is None:
        raise NotFoundError("There is no such study.")
    return study
