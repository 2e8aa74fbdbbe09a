"""When a reader sees what the models found: blind first, on request, or at once (ADR 27).

The mode is the clinic's at the moment the reader first opens the study, and stays for that reading.
What is withheld is kept whole: findings, outlines, heat maps, volumes, outcomes. It is withheld
from a doctor who has not been shown it, until then or until a report of the study is signed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WithheldError, WorkstationError
from app.events import FindingsReady
from app.records import ReadMode, ReadStep, ReadStepKind, Role
from app.storage.work import Work
from app.workflow.closing import refuse_if_signed, signed_report
from app.workflow.session import Session
from app.workflow.settings import read_settings
from assistant.records import FirstImpression, Report, Seen
from inference.records import Finding, FindingStatus

MOST_CONFIDENT = 5
WITHHELD = {
    ReadMode.BLIND_FIRST: (
        "What the model found is shown once you have written your first impression and asked."
    ),
    ReadMode.ON_REQUEST: "What the model found is shown when you ask for it.",
    ReadMode.CONCURRENT: "",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How one reader reads a study: the mode, what was written first, when the models came in."""

    mode: ReadMode
    withheld: bool
    impression: ReadStep | None = None
    opened_at: datetime | None = None
    revealed_at: datetime | None = None


def reading_of(session: Session, study_uid: str) -> Reading:
    """Return how this person reads a study."""
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        return how_read(work, session, study_uid)


def write_impression(
    session: Session, study_uid: str, *, lesion: bool, confidence: int, words: str = ""
) -> Reading:
    """Keep what the reader holds before the models are shown; it is never changed afterwards.

    ``confidence`` goes from 1 (a guess) to 5 (certain).

    Raises
    ------
    WorkstationError
        There is one already, or the models were shown already: it would not be the first.
    """
    session.authorize(Permission.REVIEW_FINDING, study=study_uid)
    if not 1 <= confidence <= MOST_CONFIDENT:
        raise ValueError("a confidence goes from 1 to 5")
    with session.begin() as work:
        now = _open(work, session, study_uid)
        if now.impression is not None:
            raise WorkstationError("You have written a first impression. It stays as it is.")
        if now.revealed_at is not None:
            raise WorkstationError("The model's result was shown to you already.")
        step = _step(session, study_uid, ReadStepKind.IMPRESSION, now.mode)
        work.read_steps.add(
            replace(step, lesion=lesion, confidence=confidence, words=words.strip())
        )
        work.note(
            "study.first-impression",
            study_uid,
            patient_id=_patient(work, study_uid),
            detail=now.mode.value,
        )
        return how_read(work, session, study_uid)


def reveal(session: Session, study_uid: str) -> Reading:
    """Show the reader what the models found in a study.

    Raises
    ------
    WithheldError
        The study is read blind first, and there is no first impression yet.
    """
    session.authorize(Permission.REVIEW_FINDING, study=study_uid)
    with session.begin() as work:
        now = _open(work, session, study_uid)
        if now.mode is ReadMode.BLIND_FIRST and now.impression is None:
            raise WithheldError(WITHHELD[now.mode])
        if now.revealed_at is None:
            work.read_steps.add(_step(session, study_uid, ReadStepKind.REVEALED, now.mode))
            work.note(
                "study.revealed",
                study_uid,
                patient_id=_patient(work, study_uid),
                detail=now.mode.value,
            )
        after = how_read(work, session, study_uid)
    session.publish(FindingsReady(study_uid))
    return after


def how_read(work: Work, session: Session, study_uid: str) -> Reading:
    """Return how this person reads a study, in an open transaction."""
    steps = work.read_steps.of_reader(study_uid, session.actor.account_id)
    signed = [at for at, step in enumerate(steps) if step.kind is ReadStepKind.SIGNED]
    current = steps[signed[-1] + 1 :] if signed else steps
    by_kind = {step.kind: step for step in reversed(current)}
    opened, shown = by_kind.get(ReadStepKind.OPENED), by_kind.get(ReadStepKind.REVEALED)
    mode = opened.mode if opened else _first_mode(work, session, study_uid, steps)
    shut = mode is not ReadMode.CONCURRENT and shown is None
    blind = session.actor.role is Role.DOCTOR and shut
    return Reading(
        mode,
        withheld=blind and signed_report(work, study_uid) is None,
        impression=by_kind.get(ReadStepKind.IMPRESSION),
        opened_at=opened.at if opened else None,
        revealed_at=shown.at if shown else None,
    )


def begin_reading(work: Work, session: Session, study_uid: str) -> Reading:
    """Note that the reader opens a study that is to be read, if that is not noted yet."""
    now = how_read(work, session, study_uid)
    if now.opened_at is not None or signed_report(work, study_uid) is not None:
        return now
    work.read_steps.add(_step(session, study_uid, ReadStepKind.OPENED, now.mode))
    if now.mode is ReadMode.CONCURRENT:
        work.read_steps.add(_step(session, study_uid, ReadStepKind.REVEALED, now.mode))
    return how_read(work, session, study_uid)


def withheld(work: Work, session: Session, study_uid: str) -> bool:
    """Whether what the models found in a study is not shown to this person yet."""
    return how_read(work, session, study_uid).withheld


def require_shown(work: Work, session: Session, study_uid: str) -> None:
    """Raise WithheldError where what the models found is not shown to this person yet."""
    now = how_read(work, session, study_uid)
    if now.withheld:
        raise WithheldError(WITHHELD[now.mode])


def require_own(work: Work, session: Session, report: Report | None) -> None:
    """Raise WithheldError where another's draft would tell this person what the models found."""
    if report is not None and hidden_draft(work, session, report):
        now = how_read(work, session, report.study_uid)
        raise WithheldError(
            f"Another reader has begun this report with what the model found. {WITHHELD[now.mode]}"
        )


def require_readable(work: Work, session: Session, report_id: str) -> None:
    """Ask ``require_own`` of a report by its id; one that is damaged is left to its own check."""
    try:
        report = work.reports.get(report_id)
    except (ValueError, TypeError, KeyError):
        return
    require_own(work, session, report)


def hidden_draft(work: Work, session: Session, report: Report) -> bool:
    """Whether a draft is another reader's and would tell this one what is withheld."""
    others = report.status.is_draft and report.author_id != session.actor.signer_id
    return others and withheld(work, session, report.study_uid)


def shown_findings(work: Work, session: Session, study_uid: str) -> tuple[Finding, ...]:
    """Return the findings this person may see: all, or those that readers added."""
    found = work.findings.of_study(study_uid)
    hide = withheld(work, session, study_uid)
    return tuple(one for one in found if one.by_reader or not hide)


def told(work: Work, session: Session, seen: Seen, report: Report) -> Seen:
    """Return what was seen with how it was read, and whether the reader's mind changed."""
    now = how_read(work, session, report.study_uid)
    first = now.impression
    if now.opened_at is None:
        return seen
    wrote = None
    if first is not None and first.lesion is not None:
        wrote = FirstImpression(first.lesion, first.confidence, first.at, first.words)
    return replace(
        seen,
        read_mode=now.mode.value,
        revealed_at=now.revealed_at,
        first_impression=wrote,
        changed_mind=wrote is not None and wrote.lesion != holds_lesion(report.findings),
    )


def as_read(seen: Seen, before: Seen | None) -> Seen:
    """Return what was seen with how the first reader read, which a later signature repeats."""
    if before is None:
        return seen
    return replace(
        seen,
        read_mode=before.read_mode,
        revealed_at=before.revealed_at,
        first_impression=before.first_impression,
        changed_mind=before.changed_mind,
    )


def note_signed(work: Work, session: Session, report: Report) -> None:
    """Close the reading of this person: whether they held in the end that there is a lesion."""
    now = how_read(work, session, report.study_uid)
    if now.opened_at is not None:
        step = _step(session, report.study_uid, ReadStepKind.SIGNED, now.mode)
        work.read_steps.add(replace(step, lesion=holds_lesion(report.findings)))


def holds_lesion(findings: tuple[Finding, ...]) -> bool:
    """Whether the reader confirmed any finding."""
    return any(one.status in {FindingStatus.ACCEPTED, FindingStatus.EDITED} for one in findings)


def _first_mode(
    work: Work, session: Session, study_uid: str, steps: tuple[ReadStep, ...]
) -> ReadMode:
    """The clinic's mode; nobody is blind to what they have seen already."""
    if any(step.kind is ReadStepKind.REVEALED for step in steps):
        return ReadMode.CONCURRENT
    report = work.reports.of_study(study_uid)
    mine = report is not None and report.author_id == session.actor.signer_id
    if signed_report(work, study_uid) is not None or mine:
        return ReadMode.CONCURRENT
    return read_settings(work).read_mode


def _open(work: Work, session: Session, study_uid: str) -> Reading:
    if work.studies.get(study_uid) is None:
        raise NotFoundError("There is no such study.")
    refuse_if_signed(work, study_uid)
    return begin_reading(work, session, study_uid)


def _step(session: Session, study_uid: str, kind: ReadStepKind, mode: ReadMode) -> ReadStep:
    return ReadStep(study_uid, session.actor.account_id, session.now(), kind, mode)


def _patient(work: Work, study_uid: str) -> str:
    study = work.studies.get(study_uid)
    return study.patient_id if study else ""
