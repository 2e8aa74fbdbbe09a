"""An audit line as a FHIR R4 AuditEvent, in the patterns of IHE BALP where one fits. Pure.

Sources: IHE ITI Basic Audit Log Patterns 1.1 (PatientRead, PrivacyDisclosure.Source), FHIR R4
AuditEvent, DICOM PS3.15 A.5. A line that fits no pattern is an AuditEvent by DICOM's codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.records import AuditEntry
from app.workflow.audit_acts import EVENTS, Act, Kind, act_of
from sync.wire.datatypes import instant

PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
PATIENT_READ, DISCLOSURE = f"{PROFILES}PatientRead", f"{PROFILES}PrivacyDisclosure.Source"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_REASON = f"{_TERMS}v3-ActReason"
_OUTCOMES = {"ok": "0", "refused": "4", "failed": "8"}
_OBJECTS = {
    "study": "ImagingStudy",
    "header": "ImagingStudy",
    "images": "ImagingStudy",
    "thumbnail": "ImagingStudy",
    "report": "DiagnosticReport",
    "appointment": "Appointment",
    "account": "Practitioner",
}


def audit_event(entry: AuditEntry, name: str, clinic: str, machine: str) -> dict[str, Any]:
    """Return the AuditEvent of a line.

    Parameters
    ----------
    name
        Who acted, in words; empty for the program itself.
    clinic, machine
        Where it was recorded.
    """
    act = act_of(entry.action)
    done = entry.outcome == "ok" and bool(entry.patient_id)
    reads = done and act.kind is Kind.READ
    leaves = done and act.kind is Kind.EXPORT
    made: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": f"line-{entry.seq}",
        **_typed(act, reads=reads, leaves=leaves),
        "action": "R" if reads or leaves else act.letter,
        "recorded": instant(entry.at),
        "outcome": _OUTCOMES.get(entry.outcome, "8"),
        "outcomeDesc": f"{act.words}: {entry.outcome}",
        "agent": _agents(entry, name, machine),
        "source": {
            "site": clinic or machine,
            "observer": {"display": machine},
            "type": [_coding(f"{_TERMS}security-source-type", "4", "Application Server")],
        },
        "entity": _entities(entry, act),
    }
    if profile := (PATIENT_READ if reads else DISCLOSURE if leaves else ""):
        made["meta"] = {"profile": [profile]}
    if reason := _reason(entry):
        made["purposeOfEvent"] = [{"coding": [_coding(_REASON, *reason)]}]
    return made


def _typed(act: Act, *, reads: bool, leaves: bool) -> dict[str, Any]:
    dicom = _coding(DCM, act.event, EVENTS[act.event])
    more = [_coding(DCM, act.type, EVENTS[act.type])] if act.type else []
    if reads:
        rest = _coding(f"{_TERMS}audit-event-type", "rest", "Restful Operation")
        read = _coding("http://hl7.org/fhir/restful-interaction", "read", "read")
        return {"type": rest, "subtype": [read, dicom, *more]}
    if leaves:
        lifecycle = _coding(f"{_TERMS}iso-21089-lifecycle", "disclose", "Disclose Record")
        return {"type": dicom, "subtype": [lifecycle]}
    return {"type": dicom, **({"subtype": more} if more else {})}


def _agents(entry: AuditEntry, name: str, machine: str) -> list[dict[str, Any]]:
    """The data go from the machine to the machine, and to the person where there is one."""
    network = {"address": machine, "type": "1"}

    def role(code: str, display: str) -> dict[str, Any]:
        return {
            "type": {"coding": [_coding(DCM, code, display)]},
            "who": {"display": machine},
            "requestor": False,
            "network": network,
        }

    agents = [role("110153", "Source Role ID"), role("110152", "Destination Role ID")]
    person = {
        "type": {"coding": [_coding(f"{_TERMS}v3-ParticipationType", "IRCP", "recipient")]},
        "role": [{"text": entry.role}],
        "who": {"identifier": {"value": entry.actor_id}, "display": name or entry.role},
        "name": name or entry.role,
        "requestor": True,
    }
    return [*agents, person]


def _entities(entry: AuditEntry, act: Act) -> list[dict[str, Any]]:
    kind = _OBJECTS.get(entry.action.partition(".")[0], "")
    what: dict[str, Any] = {"identifier": {"value": entry.subject or "none"}}
    if kind:
        what["type"] = kind
    report = kind == "DiagnosticReport" or act.kind is Kind.EXPORT
    role = ("3", "Report") if report else ("4", "Domain Resource")
    data: dict[str, Any] = {
        "what": what,
        "type": _coding(f"{_TERMS}audit-entity-type", "2", "System Object"),
        "role": _coding(f"{_TERMS}object-role", *role),
        "detail": [
            {"type": name, "valueString": value}
            for name, value in (
                ("act", entry.action),
                ("detail", entry.detail),
                ("previous", entry.previous),
                ("digest", entry.digest),
            )
            if value
        ],
    }
    if not entry.patient_id:
        return [data]
    patient = {
        "what": {"reference": f"Patient/{entry.patient_id}"},
        "type": _coding(f"{_TERMS}audit-entity-type", "1", "Person"),
        "role": _coding(f"{_TERMS}object-role", "1", "Patient"),
    }
    return [patient, data]


def _reason(entry: AuditEntry) -> tuple[str, str] | None:
    if entry.action.startswith("emergency.") or entry.detail == "emergency access":
        return "ETREAT", "Emergency Treatment"
    if not entry.patient_id:
        return None
    return {
        "doctor": ("TREAT", "treatment"),
        "patient": ("PATRQT", "patient requested"),
        "receptionist": ("PATADMIN", "patient administration"),
    }.get(entry.role)


def _coding(system: str, code: str, display: str) -> Mapping[str, str]:
    return {"system": system, "code": code, "display": display}
