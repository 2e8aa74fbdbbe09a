"""Every act of the audit trail: what it is to a person, and what DICOM and FHIR call it. Pure.

Event codes are of DICOM PS3.15 A.5 (CID 400 and 401); the letter is FHIR's AuditEvent.action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from assistant.phrases import Phrases, phrases


class Kind(StrEnum):
    """What an act is to the patient whose data it was about."""

    READ = "read"
    EXPORT = "export"
    EMERGENCY = "emergency"
    REFUSAL = "refusal"
    CHANGE = "change"
    RUNNING = "running"


SEEN = frozenset({Kind.READ, Kind.EXPORT, Kind.EMERGENCY, Kind.REFUSAL})
"""Kinds by which data were seen, left, or were meant to be; the others only change or keep them."""

_APPLICATION, _AUDIT_USED, _INSTANCES = "110100", "110101", "110103"
_EXPORT, _IMPORT, _PATIENT, _QUERY = "110106", "110107", "110110", "110112"
_SECURITY, _SIGN_IN = "110113", "110114"
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "110100": "Application Activity",
        "110101": "Audit Log Used",
        "110103": "DICOM Instances Accessed",
        "110106": "Export",
        "110107": "Import",
        "110110": "Patient Record",
        "110112": "Query",
        "110113": "Security Alert",
        "110114": "User Authentication",
        "110120": "Application Start",
        "110122": "Login",
        "110123": "Logout",
        "110127": "Emergency Override Started",
        "110129": "Security Configuration",
        "110131": "Software Configuration",
        "110132": "Use of Restricted Function",
        "110136": "Security Roles Changed",
        "110137": "User Security Attributes Changed",
        "110138": "Emergency Override Stopped",
    }
)
"""What DICOM calls a code."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: words for a person, its kind, DICOM's event and type, FHIR's letter (CRUDE).

    ``key`` leads to the words for patients in every language; empty where there are none.
    """

    words: str
    kind: Kind
    event: str
    letter: str
    type: str = ""
    key: str = ""

    def told(self, words: Phrases) -> str:
        """What was done, in the words of a language where it has them."""
        return words.say(f"act.{self.key}") if self.key else self.words


def _made(words: str, kind: Kind, event: str, letter: str, type_: str = "") -> Act:
    return Act(words, kind, event, letter, type_)


def _told(key: str, kind: Kind, event: str, letter: str, type_: str = "") -> Act:
    """An act on a patient's data; its words stand with those that patients read."""
    return Act(phrases("en").say(f"act.{key}"), kind, event, letter, type_, key)


_R, _E, _C, _N = Kind.READ, Kind.EXPORT, Kind.CHANGE, Kind.RUNNING
_OF_PATIENTS: dict[str, Act] = {
    "study.opened": _told("study.opened", _R, _INSTANCES, "R"),
    "header.opened": _told("header.opened", _R, _INSTANCES, "R"),
    "thumbnail.made": _told("thumbnail.made", _R, _INSTANCES, "R"),
    "report.read": _told("report.read", _R, _PATIENT, "R"),
    "report.explained": _told("report.explained", _R, _PATIENT, "R"),
    "report.worded": _told("report.worded", _R, _PATIENT, "R"),
    "assistant.asked": _told("assistant.asked", _R, _PATIENT, "E"),
    "conversation.read": _told("conversation.read", _R, _PATIENT, "R"),
    "answer-review.read": _told("answer-review.read", _R, _PATIENT, "R"),
    "report.exported": _told("report.exported", _E, _EXPORT, "R"),
    "report.printed": _told("report.printed", _E, _EXPORT, "R"),
    "report.handed-over": _told("report.handed-over", _E, _EXPORT, "R"),
    "day-list.exported": _told("day-list.exported", _E, _EXPORT, "R"),
    "day-list.printed": _told("day-list.printed", _E, _EXPORT, "R"),
    "appointment.exported": _told("appointment.exported", _E, _EXPORT, "R"),
    "images.exported": _told("images.exported", _E, _EXPORT, "R"),
    "server.delivered": _told("server.delivered", _E, _EXPORT, "R"),
    "access-list.exported": _told("access-list.exported", _E, _EXPORT, "R"),
    "emergency.started": _told("emergency.started", Kind.EMERGENCY, _SECURITY, "E", "110127"),
    "emergency.stopped": _told("emergency.stopped", Kind.EMERGENCY, _SECURITY, "E", "110138"),
    "emergency.reviewed": _told("emergency.reviewed", Kind.EMERGENCY, _SECURITY, "U"),
    "emergency.refused": _told("emergency.refused", Kind.REFUSAL, _SECURITY, "E", "110132"),
    "access.refused": _told("access.refused", Kind.REFUSAL, _SECURITY, "E", "110132"),
    "patient.contact-changed": _told("patient.contact-changed", _C, _PATIENT, "U"),
    "patient.preferences-changed": _told("patient.preferences-changed", _C, _PATIENT, "U"),
    "series.imported": _told("series.imported", _C, _IMPORT, "C"),
    "study.analysed": _told("study.analysed", _C, _INSTANCES, "E"),
    "study.taken": _told("study.taken", _C, _INSTANCES, "U"),
    "study.handed-over": _told("study.handed-over", _C, _INSTANCES, "U"),
    "study.given-back": _told("study.given-back", _C, _INSTANCES, "U"),
    "anatomy.measured": _told("anatomy.measured", _C, _INSTANCES, "E"),
    "finding.explained": _told("finding.explained", _C, _INSTANCES, "E"),
    "study.first-impression": _told("study.first-impression", _C, _PATIENT, "C"),
    "study.revealed": _told("study.revealed", _R, _INSTANCES, "R"),
    "finding.remeasured": _told("finding.remeasured", _C, _PATIENT, "U"),
    "finding.added": _told("finding.added", _C, _PATIENT, "C"),
    "finding.reviewed": _told("finding.reviewed", _C, _PATIENT, "U"),
    "label.painted": _told("label.painted", _C, _INSTANCES, "U"),
    "annotation.added": _told("annotation.added", _C, _INSTANCES, "C"),
    "annotation.changed": _told("annotation.changed", _C, _INSTANCES, "U"),
    "annotation.removed": _told("annotation.removed", _C, _INSTANCES, "D"),
    "key-image.marked": _told("key-image.marked", _C, _INSTANCES, "C"),
    "key-image.unmarked": _told("key-image.unmarked", _C, _INSTANCES, "D"),
    "report.drafted": _told("report.drafted", _C, _PATIENT, "C"),
    "report.template-chosen": _told("report.template-chosen", _C, _PATIENT, "U"),
    "report.saved": _told("report.saved", _C, _PATIENT, "U"),
    "report.doubt-answered": _told("report.doubt-answered", _C, _PATIENT, "U"),
    "report.numbers-followed": _told("report.numbers-followed", _C, _PATIENT, "U"),
    "report.signed": _told("report.signed", _C, _PATIENT, "U"),
    "report.received": _told("report.received", _C, _IMPORT, "C"),
    "report.released": _told("report.released", _C, _PATIENT, "U"),
    "report.withdrawn": _told("report.withdrawn", _C, _PATIENT, "U"),
    "report.draft-overtaken": _told("report.draft-overtaken", _C, _PATIENT, "U"),
    "report.version-differs": _told("report.version-differs", _N, _SECURITY, "E"),
    "report.missing": _told("report.missing", _N, _SECURITY, "E"),
    "report.seal-broken": _told("report.seal-broken", _N, _SECURITY, "E"),
    "conversation.begun": _told("conversation.begun", _C, _PATIENT, "C"),
    "conversation.erased": _told("conversation.erased", _C, _PATIENT, "D"),
    "answer-review.filed": _told("answer-review.filed", _C, _PATIENT, "C"),
    "answer-review.answered": _told("answer-review.answered", _C, _PATIENT, "U"),
    "appointment.booked": _told("appointment.booked", _C, _PATIENT, "C"),
    "appointment.cancelled": _told("appointment.cancelled", _C, _PATIENT, "U"),
    "appointment.lost": _told("appointment.lost", _C, _PATIENT, "U"),
    "appointment.moved": _told("appointment.moved", _C, _PATIENT, "U"),
    "appointment.not-moved": _told("appointment.not-moved", _C, _PATIENT, "U"),
    "appointment.attended": _told("appointment.attended", _C, _PATIENT, "U"),
    "appointment.overbooked": _told("appointment.overbooked", _C, _PATIENT, "C"),
    "series.booked": _told("series.booked", _C, _PATIENT, "C"),
    "series.moved": _told("series.moved", _C, _PATIENT, "U"),
    "series.cancelled": _told("series.cancelled", _C, _PATIENT, "U"),
    "slot.held": _told("slot.held", _C, _PATIENT, "C"),
    "slot.let-go": _told("slot.let-go", _C, _PATIENT, "D"),
    "waiting.joined": _told("waiting.joined", _C, _PATIENT, "C"),
    "waiting.offered": _told("waiting.offered", _C, _PATIENT, "U"),
    "waiting.declined": _told("waiting.declined", _C, _PATIENT, "U"),
    "waiting.left": _told("waiting.left", _C, _PATIENT, "D"),
    "account.matched": _told("account.matched", _C, _SECURITY, "U", "110137"),
    "account.unmatched": _told("account.unmatched", _C, _SECURITY, "U", "110137"),
    "patient.recorded": _told("patient.recorded", _C, _PATIENT, "C"),
    "patient.joined": _told("patient.joined", _C, _IMPORT, "U"),
    "patient.kept-apart": _told("patient.kept-apart", _C, _IMPORT, "U"),
}
_UNDOABLE = ("annotation", "key-image", "label-stroke", "finding", "report")
_UNDO: dict[str, Act] = {
    f"{what}.{done}": _told(done, _C, _INSTANCES, "U")
    for what in _UNDOABLE
    for done in ("undone", "redone")
}
_OF_THE_CLINIC: dict[str, Act] = {
    "clinic.founded": _made("Clinic founded", _N, _APPLICATION, "E", "110120"),
    "session.started": _told("session.started", _N, _SIGN_IN, "E", "110122"),
    "session.ended": _told("session.ended", _N, _SIGN_IN, "E", "110123"),
    "session.refused": _told("session.refused", _N, _SIGN_IN, "E", "110122"),
    "audit.read": _made("Audit trail read", _R, _AUDIT_USED, "R"),
    "audit.verified": _made("Audit chain checked", _N, _AUDIT_USED, "E"),
    "audit.exported": _made("Audit trail taken out", _E, _EXPORT, "R"),
    "patients.searched": _made("Patients searched", _N, _QUERY, "E"),
    "worklist.searched": _made("Worklist searched", _N, _QUERY, "E"),
    "password.changed": _told("password.changed", _N, _SECURITY, "U", "110137"),
    "recovery-key.used": _made("Recovery key used", _N, _SECURITY, "E", "110127"),
    "signature.refused": _made("Signature refused", _N, _SECURITY, "E", "110132"),
    "signer.key-learnt": _made("Key of a signer learnt", _N, _SECURITY, "C", "110129"),
    "sign-up.refused": _made("Sign-up refused", _N, _SECURITY, "E", "110132"),
    "account.requested": _told("account.requested", _N, _SECURITY, "C", "110137"),
    "account.created": _told("account.created", _N, _SECURITY, "C", "110136"),
    "account.approved": _told("account.approved", _N, _SECURITY, "U", "110136"),
    "account.closed": _told("account.closed", _N, _SECURITY, "U", "110136"),
    "settings.changed": _made("Settings changed", _N, _SECURITY, "U", "110131"),
    "backup.made": _made("Backup made", _N, _EXPORT, "R"),
    "backup.failed": _made("Backup not made", _N, _APPLICATION, "E"),
    "backup.verified": _made("Backup checked", _N, _APPLICATION, "E"),
    "backup.chosen": _made("Where backups go changed", _N, _SECURITY, "U", "110131"),
    "backup.restored": _made("Restored from a backup", _N, _SECURITY, "E", "110131"),
    "server.compared": _made("Central server offered what it lacks", _N, _EXPORT, "R"),
    "server.enrolled": _made("Central server joined", _N, _SECURITY, "C", "110129"),
    "server.refused": _made("Central server refused a change", _N, _EXPORT, "R"),
    "server.unreadable": _made("Central server sent something unreadable", _N, _IMPORT, "C"),
    "conflict.settled": _made("Refusal dealt with", _N, _APPLICATION, "U"),
    "availability.added": _made("Working hours added", _N, _APPLICATION, "C"),
    "availability.kept": _made("Working hours kept", _N, _APPLICATION, "U"),
    "absence.kept": _made("Absence kept", _N, _APPLICATION, "U"),
    "absence.removed": _made("Absence removed", _N, _APPLICATION, "D"),
    "notices.sender": _made("Who sends notices changed", _N, _SECURITY, "U", "110131"),
    "calendar.exported": _made("Calendar saved, without names", _N, _EXPORT, "R"),
    "place.kept": _made("Place kept", _N, _APPLICATION, "U"),
    "resource.kept": _made("Room or device kept", _N, _APPLICATION, "U"),
    "visit-type.kept": _made("Kind of visit kept", _N, _APPLICATION, "U"),
    "availability.removed": _made("Working hours removed", _N, _APPLICATION, "D"),
    "model.imported": _made("Model taken in", _N, _SECURITY, "C", "110131"),
    "model.refused": _made("Model refused", _N, _SECURITY, "C", "110131"),
    "model.approved": _made("Model approved", _N, _SECURITY, "U", "110131"),
    "model.approval-refused": _made("Approval of a model refused", _N, _SECURITY, "U", "110131"),
    "model.withdrawn": _made("Model withdrawn", _N, _SECURITY, "U", "110131"),
    "language-model.added": _made("Language model added", _N, _SECURITY, "C", "110131"),
    "language-model.refused": _made("Language model refused", _N, _SECURITY, "C", "110131"),
    "language-model.measured": _made("Language model measured", _N, _SECURITY, "U", "110131"),
    "language-model.tried": _made("Language model tried", _N, _SECURITY, "U", "110131"),
    "language-model.approved": _made("Language model approved", _N, _SECURITY, "U", "110131"),
    "language-model.approval-refused": _made(
        "Approval of a language model refused", _N, _SECURITY, "U", "110131"
    ),
    "language-model.used": _made("Language model put to use", _N, _SECURITY, "U", "110131"),
    "language-model.removed": _made("Language model removed", _N, _SECURITY, "D", "110131"),
    "leaflet.added": _made("Leaflet added", _N, _SECURITY, "C", "110131"),
    "leaflet.refused": _made("Leaflet refused", _N, _SECURITY, "C", "110131"),
    "leaflet.removed": _made("Leaflet removed", _N, _SECURITY, "D", "110131"),
    "monitoring.exported": _made("Monitoring figures exported", _N, _EXPORT, "R"),
    "macro.saved": _made("Short text saved", _N, _APPLICATION, "U"),
    "macro.removed": _made("Short text removed", _N, _APPLICATION, "D"),
    "own-word.added": _made("Word added to the dictionary", _N, _APPLICATION, "C"),
    "own-word.removed": _made("Word removed from the dictionary", _N, _APPLICATION, "D"),
}

ACTS: Mapping[str, Act] = MappingProxyType({**_OF_PATIENTS, **_UNDO, **_OF_THE_CLINIC})
"""By the name an audit line bears; a test finds a name the workflow writes and this lacks."""


def act_of(action: str) -> Act:
    """Return what an action is; one of a newer program is told by its name."""
    words = action.replace(".", " ").replace("-", " ").capitalize()
    return ACTS.get(action) or Act(words, Kind.READ, _APPLICATION, "E")
