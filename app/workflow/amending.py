"""What may follow a signed report: an addendum, a new version with its reason, entered in error.

The signed version stays as it is, with its signature; each later one names the digest of the one
before, so that neither can be changed or left out unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.accounts.permissions import Permission
from app.errors import SignedReportError, UnfilledReportError, WorkstationError
from app.events import ReportReleased, ReportSigned
from app.storage.work import Work
from app.workflow.identifying import check_patient
from app.workflow.outgoing import send_report
from app.workflow.reauthenticating import Reauthenticated, reauthenticate, second_doctor
from app.workflow.releasing import take_back
from app.workflow.revealing import as_read
from app.workflow.seal import sealed
from app.workflow.seen import Shown, gather, require_same, shown
from app.workflow.session import Session
from app.workflow.verifying import check_versions, checked, note_signature
from assistant.drafting.authorship import follow
from assistant.drafting.placeholders import unfilled
from assistant.records import Report, ReportStatus, Section

MEANING_ADDENDUM = "I have written this addendum; the report before it stays as it was signed."
MEANING_CHANGED = "I have reviewed the images and this changed report."
MEANING_ERROR = "This report was entered in error. It must not be relied on."
TAKEN_BACK = "Your doctor has taken this report back. Please ask your doctor about it."


@dataclass(frozen=True, slots=True)
class Second:
    """Another doctor at the same desk, who gives name and password too."""

    username: str
    password: str


def append(session: Session, report_id: str, text: str, password: str) -> Report:
    """Add an addendum to a final report: a new version, the signed one stays as it is."""
    session.authorize(Permission.SIGN_REPORT, report=report_id)
    if not text.strip():
        raise WorkstationError("An addendum needs a text.")
    require_filled((Section("Addendum", text),))
    before = _standing(session, report_id, "can have an addendum")
    signer = reauthenticate(session, password)
    count = sum(part.title.startswith("Addendum") for part in before.sections)
    longer = replace(
        following(before, session.now()),
        sections=(*before.sections, Section(f"Addendum {count + 1}", text.strip())),
    )
    return _put(session, before, longer, ReportStatus.APPENDED, MEANING_ADDENDUM, signer)


def correct(
    session: Session,
    report_id: str,
    sections: tuple[Section, ...],
    reason: str,
    password: str,
    *,
    was_wrong: bool = True,
) -> Report:
    """Sign a changed version of a final report, with its reason; the old one stays.

    Parameters
    ----------
    was_wrong
        Whether the old one held an error (corrected) or more became known since (amended).
    """
    session.authorize(Permission.SIGN_REPORT, report=report_id)
    if not reason.strip():
        raise WorkstationError("A new version needs a reason.")
    before = _standing(session, report_id, "can be corrected")
    if [part.text for part in sections] == [part.text for part in before.sections]:
        raise WorkstationError("Nothing was changed, so there is nothing to sign.")
    was = {part.title: part for part in before.sections}
    sections = tuple(
        follow(was[part.title], part.text) if part.title in was else part for part in sections
    )
    require_impression(replace(before, sections=sections))
    require_filled(sections)
    with session.begin() as work:
        there = shown(work, before.study_uid)
    require_images(there, before)
    check_patient(session.pixels, there.patient, there.series.values())
    signer = reauthenticate(session, password)
    changed = replace(
        following(before, session.now()),
        sections=sections,
        reason=reason.strip(),
        seen=as_read(gather(session.pixels, there), before.seen),
    )
    status = ReportStatus.CORRECTED if was_wrong else ReportStatus.AMENDED
    return _put(session, before, changed, status, MEANING_CHANGED, signer, there=there)


def mark_in_error(
    session: Session, report_id: str, reason: str, password: str, second: Second | None = None
) -> Report:
    """Mark a signed report as entered in error; its text is kept, the patient's view is not.

    Who has signed a version may do it alone; anybody else only with a second doctor.

    Raises
    ------
    SignedReportError
        The report is not signed, or marked already, or a second doctor is needed.
    """
    session.authorize(Permission.SIGN_REPORT, report=report_id)
    if not reason.strip():
        raise WorkstationError("Say why the report was entered in error.")
    versions = checked(session.storage, session.actor, report_id)
    before = versions[-1]
    if before.signature is None:
        raise SignedReportError("Only a signed report is marked as entered in error.")
    if before.status is ReportStatus.ENTERED_IN_ERROR:
        raise SignedReportError("The report is marked as entered in error already.")
    authors = {one.signature.signer_id for one in versions if one.signature is not None}
    if session.actor.signer_id not in authors and second is None:
        raise SignedReportError(
            "You have not signed this report. A second doctor must mark it together with you."
        )
    signer = reauthenticate(session, password)
    other = None
    if second is not None:
        other = second_doctor(session, second.username, second.password)
    marked = replace(following(before, session.now()), reason=reason.strip())
    return _put(
        session, before, marked, ReportStatus.ENTERED_IN_ERROR, MEANING_ERROR, signer, second=other
    )


def following(before: Report, at: datetime) -> Report:
    """Return the unsigned successor of a signed version, its words and findings as they are."""
    digest = before.signature.digest if before.signature is not None else ""
    return replace(
        before,
        version=before.version + 1,
        previous_digest=digest,
        updated_at=at,
        reason="",
        countersignature=None,
    )


def require_images(there: Shown, report: Report) -> None:
    """Raise WorkstationError where the images a report was signed on are not here to review."""
    if report.seen is not None and report.seen.series and not there.series:
        raise WorkstationError(
            "The images of this report are on another workstation. Sign it there."
        )


def require_impression(report: Report) -> None:
    """Raise WorkstationError where a report draws no conclusion."""
    if not report.section("Impression").strip():
        raise WorkstationError("The impression is empty. Write it, then sign.")


def require_filled(sections: Iterable[Section]) -> None:
    """Raise UnfilledReportError where a text still holds a field that nobody filled in."""
    still_open = unfilled(sections)
    if still_open:
        raise UnfilledReportError(still_open)


def require_newest(work: Work, before: Report) -> None:
    """Raise unless the newest version is still the one that was looked at, and holds."""
    if check_versions(work, before.id)[-1] != before:
        raise SignedReportError("Another version was signed meanwhile. Read it first.")


def seal_now(
    report: Report,
    now: datetime,
    status: ReportStatus,
    meaning: str,
    signer: Reauthenticated,
    second: Reauthenticated | None = None,
) -> Report:
    """Return the report signed at this moment, if the passwords were given within the minute."""
    for one in (signer, second):
        if one is not None:
            one.require_fresh(now)
    return sealed(
        replace(report, author_id=signer.signer.id, updated_at=now),
        signer.signer,
        meaning=meaning,
        signed_at=now,
        status=status,
        second=None if second is None else second.signer,
    )


def _standing(session: Session, report_id: str, what: str) -> Report:
    versions = checked(session.storage, session.actor, report_id)
    if not versions[-1].status.is_final:
        raise SignedReportError(f"Only a final report {what}.")
    return versions[-1]


def _put(
    session: Session,
    before: Report,
    after: Report,
    status: ReportStatus,
    meaning: str,
    signer: Reauthenticated,
    *,
    second: Reauthenticated | None = None,
    there: Shown | None = None,
) -> Report:
    with session.begin() as work:
        require_newest(work, before)
        if there is not None:
            require_same(work, before.study_uid, there)
        report = seal_now(after, session.now(), status, meaning, signer, second)
        work.reports.put(report)
        note_signature(work, report)
        was_released = status is ReportStatus.ENTERED_IN_ERROR and _take_back(session, work, report)
        send_report(work, report, session.now())
    session.publish(ReportSigned(report.study_uid, report.id))
    if was_released:
        session.publish(ReportReleased(report.id))
    return report


def _take_back(session: Session, work: Work, report: Report) -> bool:
    """Withdraw the release of a report entered in error; the patient is told on the own page."""
    if work.reports.released_at(report.id) is None:
        return False
    take_back(work, session, report.id, report.patient_id, TAKEN_BACK)
    return True
