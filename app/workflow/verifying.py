"""Proving a signed report each time it is shown, printed, sent or spoken of.

Four questions, each answered anew: is every version as it was signed, by a key of its signer, and
does it follow the one it names; does the audit trail know exactly these versions; is this the
database that was last signed in; and are the pixels, outlines and key images still those that were
signed. What fails is written to the audit trail before anybody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import AuditBrokenError, NotFoundError, TamperedReportError
from app.records import Actor, AuditEntry
from app.storage.work import Storage, Work
from app.workflow.seen import changes, shown
from app.workflow.signers import check_chain
from assistant.records import Report, ReportStatus

SIGNED_ACT = "report.signed"
RECEIVED_ACT = "report.received"
_UNKNOWN = (
    "This report is not the one the audit trail knows. Do not rely on it; tell the administrator."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every version of a report, and what speaks against it; all is well where both are empty.

    ``broken`` says why a signature does not hold, ``changed`` what is no longer as it was signed.
    """

    versions: tuple[Report, ...]
    broken: str = ""
    changed: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the report may be relied on."""
        return not self.broken and not self.changed


def note_signature(work: Work, report: Report, act: str = SIGNED_ACT) -> None:
    """Write the version and digest of a signed report to the audit trail, and anchor it."""
    if report.signature is None:
        return
    work.note(
        act,
        report.id,
        patient_id=report.patient_id,
        detail=f"{report.status.value} {report.version} {report.signature.digest}"
        f" {report.study_uid}",
    )
    work.anchor()


def check_versions(work: Work, report_id: str) -> tuple[Report, ...]:
    """Return every version of a report after checking seals, keys, chain and audit trail.

    Raises
    ------
    TamperedReportError
        It is not what was signed.
    """
    try:
        versions = work.reports.versions(report_id)
    except (ValueError, TypeError, KeyError):
        raise TamperedReportError(
            "This report can no longer be read: it was changed after it was signed."
            " Tell the administrator."
        ) from None
    work.check_anchor()
    check_chain(work, versions)
    _check_against_audit(versions, work.audit.of_subject(report_id))
    return versions


def checked(storage: Storage, actor: Actor, report_id: str) -> tuple[Report, ...]:
    """Check as ``check_versions`` does, in a transaction of its own; a failure is audited."""
    try:
        with storage.begin(actor) as work:
            if not work.reports.holds(report_id) and not work.audit.of_subject(report_id):
                raise NotFoundError("There is no such report.")
            return check_versions(work, report_id)
    except (TamperedReportError, AuditBrokenError) as error:
        _note_failure(storage, actor, report_id, str(error))
        raise


def unchanged(storage: Storage, actor: Actor, report_id: str) -> tuple[Report, ...]:
    """Check a report and what it was signed on, before any of it leaves.

    Raises
    ------
    TamperedReportError
        The report is not what was signed, or the images are no longer those it was signed on.
    """
    verdict = judge(storage, actor, report_id)
    if not verdict.holds:
        raise TamperedReportError(verdict.broken or " ".join(verdict.changed))
    return verdict.versions


def judge(storage: Storage, actor: Actor, report_id: str) -> Verdict:
    """Return what is known of a report for display: it never raises for what was altered."""
    try:
        versions = checked(storage, actor, report_id)
    except (TamperedReportError, AuditBrokenError) as error:
        return Verdict(_readable(storage, actor, report_id), broken=str(error))
    signed = [one for one in versions if one.signature is not None]
    if not signed or signed[-1].status is ReportStatus.ENTERED_IN_ERROR:
        return Verdict(versions)
    newest = signed[-1]
    if newest.seen is None:
        return Verdict(versions)
    with storage.begin(actor) as work:
        there = shown(work, newest.study_uid)
    changed = changes(storage.pixels, there, newest.seen, newest.provenance)
    if changed:
        _note_failure(storage, actor, report_id, "what was seen has changed")
    return Verdict(versions, changed=changed)


def _check_against_audit(versions: Sequence[Report], lines: Sequence[AuditEntry]) -> None:
    """Compare with what the audit trail says was signed or received here.

    Lines from before version 2 of the content name no digest: of those versions it knows nothing.
    """
    told: dict[int, set[str]] = {}
    for line in lines:
        parts = _signed_line(line)
        if parts:
            told.setdefault(int(parts[1]), set()).add(parts[2])
    held = {
        one.version: one.signature.digest if one.signature is not None else "" for one in versions
    }
    for version, digests in told.items():
        if held.get(version) not in digests:
            raise TamperedReportError(_UNKNOWN)
    for one in versions:
        newer = one.content_version > 1 or (bool(told) and one.version >= min(told))
        if one.signature is not None and newer and one.version not in told:
            raise TamperedReportError(_UNKNOWN)


def lost_report(work: Work, patient_id: str, study_uid: str) -> str:
    """Return the id of a signed report of the study that is not here any more, or an empty text."""
    for line in work.audit.of_patient(patient_id):
        parts = _signed_line(line)
        if len(parts) == 4 and parts[3] == study_uid and not work.reports.holds(line.subject):
            return line.subject
    return ""


def _signed_line(line: AuditEntry) -> list[str]:
    """Status, version, digest and study of a line that tells of a signature, or nothing."""
    parts = line.detail.split()
    fits = line.action in {SIGNED_ACT, RECEIVED_ACT} and line.outcome == "ok" and len(parts) >= 3
    return parts if fits else []


def _note_failure(storage: Storage, actor: Actor, report_id: str, reason: str) -> None:
    with storage.begin(actor) as work:
        lines = work.audit.of_subject(report_id)
        patient_id = next((line.patient_id for line in lines if line.patient_id), "")
        work.note(
            "report.seal-broken",
            report_id,
            patient_id=patient_id,
            outcome="failed",
            detail=reason,
        )


def _readable(storage: Storage, actor: Actor, report_id: str) -> tuple[Report, ...]:
    with storage.begin(actor) as work:
        try:
            return work.reports.versions(report_id)
        except (ValueError, TypeError, KeyError):
            return ()
