"""Every act of the audit trail: what it is to a person, and what DICOM and FHIR call it. Pure.

Event codes are of DICOM PS3.15 A.5 (CID 400 and 401); the letter is FHIR's AuditEvent.action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


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
    """One act: words for a person, its kind, DICOM's event and type, FHIR's letter (CRUDE)."""

    words: str
    kind: Kind
    event: str
    letter: str
    type: str = ""


def _made(words: str, kind: Kind, event: str, letter: str, type_: str = "") -> Act:
    return Act(words, kind, event, letter, type_)


_R, _E, _C, _N = Kind.READ, Kind.EXPORT, Kind.CHANGE, Kind.RUNNING
_OF_PATIENTS: dict[str, Act] = {
    "study.opened": _made("Images opened", _R, _INSTANCES, "R"),
    "header.opened": _made("Header of the images opened", _R, _INSTANCES, "R"),
    "thumbnail.made": _made("Small picture of the images made", _R, _INSTANCES, "R"),
    "report.read": _made("Report read", _R, _PATIENT, "R"),
    "report.explained": _made("Report explained in plain words", _R, _PATIENT, "R"),
    "report.worded": _made("Explanation reworded by a language model", _R, _PATIENT, "R"),
    "assistant.asked": _made("Question to the assistant", _R, _PATIENT, "E"),
    "conversation.read": _made("Conversation with the assistant read", _R, _PATIENT, "R"),
    "answer-review.read": _made("Answer of the assistant reviewed", _R, _PATIENT, "R"),
    "report.exported": _made("Report saved as a document", _E, _EXPORT, "R"),
    "report.printed": _made("Report printed", _E, _EXPORT, "R"),
    "report.handed-over": _made("Print of the report handed over", _E, _EXPORT, "R"),
    "day-list.exported": _made("Name on a list of the day, saved", _E, _EXPORT, "R"),
    "day-list.printed": _made("Name on a list of the day, printed", _E, _EXPORT, "R"),
    "appointment.exported": _made("Time of a visit saved", _E, _EXPORT, "R"),
    "images.exported": _made("Pictures of the images saved", _E, _EXPORT, "R"),
    "server.delivered": _made("Sent to the clinic's central server", _E, _EXPORT, "R"),
    "access-list.exported": _made("This list saved", _E, _EXPORT, "R"),
    "emergency.started": _made(
        "Chart opened in an emergency", Kind.EMERGENCY, _SECURITY, "E", "110127"
    ),
    "emergency.stopped": _made("Emergency access ended", Kind.EMERGENCY, _SECURITY, "E", "110138"),
    "emergency.reviewed": _made("Emergency access reviewed", Kind.EMERGENCY, _SECURITY, "U"),
    "emergency.refused": _made("Emergency access refused", Kind.REFUSAL, _SECURITY, "E", "110132"),
    "access.refused": _made("Refused", Kind.REFUSAL, _SECURITY, "E", "110132"),
    "patient.contact-changed": _made("Contact details changed", _C, _PATIENT, "U"),
    "patient.preferences-changed": _made("Wishes of the patient changed", _C, _PATIENT, "U"),
    "series.imported": _made("Images taken in", _C, _IMPORT, "C"),
    "study.analysed": _made("Images analysed by a model", _C, _INSTANCES, "E"),
    "study.taken": _made("Taken by a reader", _C, _INSTANCES, "U"),
    "study.handed-over": _made("Handed to another reader", _C, _INSTANCES, "U"),
    "study.given-back": _made("Given back by a reader", _C, _INSTANCES, "U"),
    "anatomy.measured": _made("Anatomy measured by a model", _C, _INSTANCES, "E"),
    "finding.explained": _made("Heat map made by a model", _C, _INSTANCES, "E"),
    "study.first-impression": _made("First impression written", _C, _PATIENT, "C"),
    "study.revealed": _made("Result of a model shown to the reader", _R, _INSTANCES, "R"),
    "finding.remeasured": _made("Finding measured anew", _C, _PATIENT, "U"),
    "finding.added": _made("Finding added", _C, _PATIENT, "C"),
    "finding.reviewed": _made("Finding decided on", _C, _PATIENT, "U"),
    "label.painted": _made("Outline painted", _C, _INSTANCES, "U"),
    "annotation.added": _made("Measurement drawn", _C, _INSTANCES, "C"),
    "annotation.changed": _made("Measurement changed", _C, _INSTANCES, "U"),
    "annotation.removed": _made("Measurement removed", _C, _INSTANCES, "D"),
    "key-image.marked": _made("Key image marked", _C, _INSTANCES, "C"),
    "key-image.unmarked": _made("Key image no longer marked", _C, _INSTANCES, "D"),
    "report.drafted": _made("Report begun", _C, _PATIENT, "C"),
    "report.template-chosen": _made("Template of the report chosen", _C, _PATIENT, "U"),
    "report.saved": _made("Draft of the report saved", _C, _PATIENT, "U"),
    "report.doubt-answered": _made("Doubt about the report answered", _C, _PATIENT, "U"),
    "report.numbers-followed": _made("Numbers of the draft measured anew", _C, _PATIENT, "U"),
    "report.signed": _made("Report signed", _C, _PATIENT, "U"),
    "report.received": _made("Report received from the central server", _C, _IMPORT, "C"),
    "report.released": _made("Report released to the patient", _C, _PATIENT, "U"),
    "report.withdrawn": _made("Release of the report taken back", _C, _PATIENT, "U"),
    "report.draft-overtaken": _made("Draft overtaken by a signed report", _C, _PATIENT, "U"),
    "report.version-differs": _made("Two versions of a report differ", _N, _SECURITY, "E"),
    "report.missing": _made("A signed report is gone", _N, _SECURITY, "E"),
    "report.seal-broken": _made("A signature does not hold", _N, _SECURITY, "E"),
    "conversation.begun": _made("Conversation with the assistant begun", _C, _PATIENT, "C"),
    "conversation.erased": _made("Conversation with the assistant erased", _C, _PATIENT, "D"),
    "answer-review.filed": _made("Review of an answer asked for", _C, _PATIENT, "C"),
    "answer-review.answered": _made("Review of an answer closed", _C, _PATIENT, "U"),
    "appointment.booked": _made("Appointment booked", _C, _PATIENT, "C"),
    "appointment.cancelled": _made("Appointment cancelled", _C, _PATIENT, "U"),
    "appointment.lost": _made("Appointment lost to another booking", _C, _PATIENT, "U"),
    "appointment.moved": _made("Appointment moved", _C, _PATIENT, "U"),
    "appointment.not-moved": _made("Appointment not moved", _C, _PATIENT, "U"),
    "appointment.attended": _made("How an appointment went", _C, _PATIENT, "U"),
    "appointment.overbooked": _made("Appointment booked beside another", _C, _PATIENT, "C"),
    "series.booked": _made("Series of appointments booked", _C, _PATIENT, "C"),
    "series.moved": _made("Series of appointments moved", _C, _PATIENT, "U"),
    "series.cancelled": _made("Series of appointments cancelled", _C, _PATIENT, "U"),
    "slot.held": _made("Time held", _C, _PATIENT, "C"),
    "slot.let-go": _made("Held time let go", _C, _PATIENT, "D"),
    "waiting.joined": _made("Put on the waiting list", _C, _PATIENT, "C"),
    "waiting.offered": _made("Time offered from the waiting list", _C, _PATIENT, "U"),
    "waiting.declined": _made("Offered time declined", _C, _PATIENT, "U"),
    "waiting.left": _made("Taken off the waiting list", _C, _PATIENT, "D"),
    "account.matched": _made("Account matched with the patient", _C, _SECURITY, "U", "110137"),
}
_UNDOABLE = ("annotation", "key-image", "label-stroke", "finding", "report")
_UNDO: dict[str, Act] = {
    f"{what}.{done}": _made(f"Last change {done}", _C, _INSTANCES, "U")
    for what in _UNDOABLE
    for done in ("undone", "redone")
}
_OF_THE_CLINIC: dict[str, Act] = {
    "clinic.founded": _made("Clinic founded", _N, _APPLICATION, "E", "110120"),
    "session.started": _made("Signed in", _N, _SIGN_IN, "E", "110122"),
    "session.ended": _made("Signed out", _N, _SIGN_IN, "E", "110123"),
    "session.refused": _made("Sign-in refused", _N, _SIGN_IN, "E", "110122"),
    "audit.read": _made("Audit trail read", _R, _AUDIT_USED, "R"),
    "audit.verified": _made("Audit chain checked", _N, _AUDIT_USED, "E"),
    "audit.exported": _made("Audit trail taken out", _E, _EXPORT, "R"),
    "patients.searched": _made("Patients searched", _N, _QUERY, "E"),
    "worklist.searched": _made("Worklist searched", _N, _QUERY, "E"),
    "password.changed": _made("Password changed", _N, _SECURITY, "U", "110137"),
    "recovery-key.used": _made("Recovery key used", _N, _SECURITY, "E", "110127"),
    "signature.refused": _made("Signature refused", _N, _SECURITY, "E", "110132"),
    "signer.key-learnt": _made("Key of a signer learnt", _N, _SECURITY, "C", "110129"),
    "sign-up.refused": _made("Sign-up refused", _N, _SECURITY, "E", "110132"),
    "account.requested": _made("Account asked for", _N, _SECURITY, "C", "110137"),
    "account.created": _made("Account made", _N, _SECURITY, "C", "110136"),
    "account.approved": _made("Account approved", _N, _SECURITY, "U", "110136"),
    "account.closed": _made("Account closed", _N, _SECURITY, "U", "110136"),
    "settings.changed": _made("Settings changed", _N, _SECURITY, "U", "110131"),
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
