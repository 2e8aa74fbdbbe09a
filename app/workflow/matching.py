"""Whose account belongs to which record, tied and undone again.

A match lets the account read the record and gives the record the account's addresses. Undoing it
takes both back: what the account was shown before stays in the audit trail.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from app.accounts.permissions import Permission
from app.errors import AccountError, NotFoundError
from app.events import AccountChanged
from app.records import Account
from app.storage.work import Work
from app.workflow.identifying import differing_person
from app.workflow.outgoing import send_patient_again
from app.workflow.session import Session
from app.workflow.signing_up import language_setting
from app.workflow.telling import readdress
from viewer.records import Patient


def tie(work: Work, account: Account, patient: Patient, now: datetime) -> Account:
    """Match an account with a record; whoever calls has asked whether it is allowed.

    The record takes e-mail, telephone and language from the account, where they were given; what
    it had before is kept for `unmatch`.

    Raises
    ------
    AccountError
        The account is matched with another record; that match has to be undone first.
    """
    if account.patient_id not in {"", patient.id}:
        raise AccountError("This account is matched with another record. Unmatch it there first.")
    if not account.patient_id:
        before = {"email": patient.email, "phone": patient.phone, "language": patient.language}
        work.settings.put(_before(account.id), json.dumps(before))
    reached = replace(
        patient,
        email=account.email or patient.email,
        phone=account.phone or patient.phone,
        language=work.settings.get(language_setting(account.id)) or patient.language,
    )
    matched = replace(account, patient_id=patient.id)
    work.accounts.put(matched)
    work.patients.put(reached)
    send_patient_again(work, reached, now)
    other = ", ".join(differing_person(account, patient))
    detail = f"although they differ: {other}" if other else ""
    work.note("account.matched", account.id, patient_id=patient.id, detail=detail)
    return matched


def accounts_of(session: Session, patient_id: str) -> tuple[Account, ...]:
    """Return the accounts that read a record, without what proves a password."""
    session.authorize(Permission.MATCH_PATIENT)
    with session.begin() as work:
        return tuple(
            replace(account, verifier="")
            for account in work.accounts.all()
            if patient_id and account.patient_id == patient_id
        )


def unmatch(session: Session, account_id: str, reason: str) -> Account:
    """Undo the match of an account: from now on it sees nothing of the record.

    Addresses and language that the record has from the account go back to what they were, and
    reminders not sent yet follow. The reason is part of the audit line.

    Raises
    ------
    AccountError
        The account is not matched, or no reason is given.
    """
    session.authorize(Permission.MATCH_PATIENT)
    if not reason.strip():
        raise AccountError("Please say why the match is undone.")
    with session.begin() as work:
        account = work.accounts.get(account_id)
        if account is None:
            raise NotFoundError("There is no such account.")
        if not account.patient_id:
            raise AccountError("This account is not matched with a record.")
        patient_id = account.patient_id
        account = replace(account, patient_id="")
        work.accounts.put(account)
        work.note("account.unmatched", account_id, patient_id=patient_id, detail=reason.strip())
        patient = work.patients.get(patient_id)
        if patient is not None:
            _give_back(work, account, patient, session.now())
        work.settings.put(_before(account_id), "")
    session.publish(AccountChanged(account_id))
    return replace(account, verifier="")


def _give_back(work: Work, account: Account, patient: Patient, now: datetime) -> None:
    """Put the record's addresses and language back, where they still are the account's.

    Where nothing is known of before (a match by an older program) the addresses are emptied: a
    reminder must not reach somebody else.
    """
    before = json.loads(work.settings.get(_before(account.id)) or "{}")
    said = work.settings.get(language_setting(account.id))
    restored = replace(
        patient,
        email=_either(patient.email, account.email, before.get("email", "")),
        phone=_either(patient.phone, account.phone, before.get("phone", "")),
        language=_either(patient.language, said or "", before.get("language", patient.language)),
    )
    if restored == patient:
        return
    work.patients.put(restored)
    readdress(work, patient.id, now)
    send_patient_again(work, restored, now)


def _either(there: str, from_account: str, before: str) -> str:
    return before if from_account and there == from_account else there


def _before(account_id: str) -> str:
    """Name of the setting that keeps what a record had before the match."""
    return f"before-match:{account_id}"
