"""Asking for an account: the form, its sealed request, and its admission.

A request is sealed to the clinic's key, so that it also works while the workstation is locked:
nobody can read it before a member of staff opens the workstation.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from app.accounts.passwords import KdfCost, hash_verifier
from app.errors import AccountError
from app.records import SYSTEM, Account, AccountStatus, Role
from app.storage.keystore import Keystore
from app.workflow.keys import OpenKeys

if TYPE_CHECKING:
    from app.storage.work import Storage, Work


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person fills in to get an account; ``language`` is the one it was filled in in."""

    role: Role
    name: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    email: str = field(repr=False, default="")
    phone: str = field(repr=False, default="")
    birth_date: date | None = field(repr=False, default=None)
    mrn: str = field(repr=False, default="")
    specialty: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.username.strip():
            raise AccountError("A name and a sign-in name are needed.")

    @property
    def login(self) -> str:
        """The sign-in name as it is compared: trimmed and case-folded."""
        return self.username.strip().casefold()


def new_account(form: SignUp, now: datetime, *, public_key: str = "") -> Account:
    """Account made from a form by an administrator or at the founding: active at once."""
    return Account(
        id=str(uuid.uuid4()),
        username=form.login,
        name=form.name.strip(),
        role=form.role,
        status=AccountStatus.ACTIVE,
        created_at=now,
        email=form.email.strip(),
        phone=form.phone.strip(),
        specialty=form.specialty.strip(),
        public_key=public_key,
    )


def sealed_form(form: SignUp, keystore: Keystore, cost: KdfCost) -> dict[str, Any]:
    """Return what is sealed: never the password, only what it proves or opens."""
    payload: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "role": form.role.value,
        "name": form.name.strip(),
        "username": form.login,
        "email": form.email.strip(),
        "phone": form.phone.strip(),
        "birth_date": form.birth_date.isoformat() if form.birth_date else "",
        "mrn": form.mrn.strip(),
        "specialty": form.specialty.strip(),
        "language": form.language,
    }
    if form.role is Role.PATIENT:
        payload["verifier"] = hash_verifier(form.password, cost)
    else:
        payload["slot"] = keystore.prepare_slot(form.login, form.password)
    return payload


def admit_all(storage: Storage, keys: OpenKeys, now: datetime) -> tuple[str, ...]:
    """Turn sealed requests into accounts; a request met twice is admitted once.

    A request this program did not make is noted and thrown away: it must not keep anybody out.
    """
    admitted = []
    for path, payload in keys.sign_ups():
        with storage.begin(SYSTEM) as work:
            try:
                with work.attempt():
                    _admit(work, payload, now)
                admitted.append(payload["id"])
            except (LookupError, TypeError, ValueError):
                work.note("sign-up.refused", path.stem, outcome="refused", detail="malformed")
        path.unlink(missing_ok=True)
    return tuple(admitted)


def slot_setting(account_id: str) -> str:
    """Name of the setting that keeps an applicant's key material until approval."""
    return f"slot:{account_id}"


def language_setting(account_id: str) -> str:
    """Name of the setting that keeps the language a patient signed up in."""
    return f"language:{account_id}"


def _admit(work: Work, payload: Mapping[str, Any], now: datetime) -> None:
    if work.accounts.get(payload["id"]) is not None:
        return
    if work.accounts.by_username(payload["username"]) is not None:
        work.note("sign-up.refused", payload["id"], outcome="refused", detail="name taken")
        return
    if payload["role"] not in {Role.PATIENT.value, Role.DOCTOR.value}:
        raise ValueError("nobody signs up as that")
    patient = payload["role"] == Role.PATIENT.value
    born = payload["birth_date"]
    work.accounts.put(
        Account(
            id=payload["id"],
            username=payload["username"],
            name=payload["name"],
            role=Role(payload["role"]),
            status=AccountStatus.ACTIVE if patient else AccountStatus.WAITING,
            created_at=now,
            email=payload["email"],
            phone=payload["phone"],
            birth_date=date.fromisoformat(born) if born else None,
            mrn=payload["mrn"],
            specialty=payload["specialty"],
            verifier=payload.get("verifier", ""),
        )
    )
    if patient and payload.get("language"):
        work.settings.put(language_setting(payload["id"]), payload["language"])
    if not patient:
        work.settings.put(slot_setting(payload["id"]), json.dumps(payload["slot"]))
    work.note("account.requested", payload["id"])
