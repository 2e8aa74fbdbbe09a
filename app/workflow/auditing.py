"""The audit trail, for the administrator: found, checked and taken out; each of it recorded."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import rfc8785

from app.accounts.permissions import Permission
from app.errors import AuditBrokenError, NotFoundError
from app.records import AuditEntry, AuditFilter, AuditLines
from app.workflow.balp import audit_event
from app.workflow.session import Session
from app.workflow.settings import read_settings

PAGE = 200
EVERYTHING = AuditFilter()


class ExportForm(StrEnum):
    """JSON_LINES: one line each as kept, with its digests. BALP: FHIR AuditEvents, one per line."""

    JSON_LINES = "JSON lines"
    BALP = "IHE BALP AuditEvents"


@dataclass(frozen=True, slots=True)
class AuditExport:
    """Lines of the trail as a file, how many, and what the check of the whole chain said."""

    data: bytes = field(repr=False)
    count: int
    chain: str


def lines(
    session: Session, wanted: AuditFilter = EVERYTHING, before_seq: int | None = None
) -> AuditLines:
    """Return a page of the lines that match, newest first; the reading itself is recorded.

    Where one patient's lines were asked for, that patient's own list tells it.
    """
    session.authorize(Permission.READ_AUDIT)
    with session.begin() as work:
        found = work.audit.find(wanted, PAGE + 1, before_seq)
        total = work.audit.count(wanted)
        work.note("audit.read", "audit", patient_id=wanted.patient_id)
    return AuditLines(found[:PAGE], total, more=len(found) > PAGE)


def patient_of_number(session: Session, number: str) -> str:
    """Return the id of the patient of a record number, so that the trail is found by it.

    Raises
    ------
    NotFoundError
        Nobody here has that number.
    """
    session.authorize(Permission.READ_AUDIT)
    with session.begin() as work:
        wanted = number.strip().casefold()
        for one in work.patients.search(number.strip()):
            if one.mrn.casefold() == wanted:
                return one.id
        known = work.patients.get(number.strip())
    if known is None:
        raise NotFoundError("Nobody here has that record number.")
    return known.id


def verify(session: Session) -> str:
    """Check the whole chain and say so, or raise AuditBrokenError; the check is recorded."""
    session.authorize(Permission.READ_AUDIT)
    with session.begin() as work:
        work.audit.verify()
        said = f"The audit chain of {work.audit.head()[0]} entries holds."
        work.note("audit.verified", "audit")
    return said


def export(session: Session, sought: AuditFilter, shape: ExportForm) -> AuditExport:
    """Return every line that matches as a file, the oldest first.

    The chain is checked first, and what the check said stands in the last line, which is signed by
    the clinic (JSON lines: RFC 8785 of that line without ``seal``; it holds the SHA-256 of all
    before it). A trail that does not hold is taken out too: it is then wanted most.
    """
    session.authorize(Permission.READ_AUDIT)
    with session.begin() as work:
        try:
            work.audit.verify()
            chain = "holds"
        except AuditBrokenError as error:
            chain = str(error)
        head = work.audit.head()
        found = tuple(reversed(work.audit.find(sought)))
        clinic = read_settings(work).clinic_name
        names = {one.id: one.name for one in work.accounts.all()}
        said = f"{shape.value}, {len(found)} lines, {chain}"
        work.note("audit.exported", "audit", patient_id=sought.patient_id, detail=said)
    if shape is ExportForm.BALP:
        machine = platform.node() or "workstation"
        events = (audit_event(one, names.get(one.actor_id, ""), clinic, machine) for one in found)
        return AuditExport(_joined(events), len(found), chain)
    body = _joined(_kept(one) for one in found)
    last: dict[str, Any] = {
        "export": "sagittal-audit-1",
        "clinic": clinic,
        "made_at": session.now().isoformat(),
        "made_by": session.actor.account_id,
        "filter": {name: str(value) for name, value in asdict(sought).items() if value},
        "count": len(found),
        "chain": chain,
        "head": {"seq": head[0], "digest": head[1]},
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    key = session.keys.clinic_seal()
    seal = {
        "algorithm": "Ed25519",
        "public_key": key.public_key().public_bytes_raw().hex(),
        "value": key.sign(rfc8785.dumps(last)).hex(),
    }
    return AuditExport(body + _joined([{**last, "seal": seal}]), len(found), chain)


def _kept(entry: AuditEntry) -> dict[str, Any]:
    return {**asdict(entry), "at": entry.at.isoformat()}


def _joined(records: Iterator[Mapping[str, Any]] | list[dict[str, Any]]) -> bytes:
    return b"".join(
        json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        for one in records
    )
