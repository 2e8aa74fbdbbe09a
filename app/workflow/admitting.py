"""Accounts: approving, matching with a patient, making and closing them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import available_timezones

from app.accounts.permissions import Permission
from app.errors import AccountError, NotFoundError, UsernameTakenError, WorkstationError
from app.events import AccountChanged
from app.records import Account, AccountStatus, Role
from app.storage.work import Work
from app.workflow.matching import tie
from app.workflow.outgoing import send_patient_again, send_practitioner
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.signing_up import SignUp, new_account, slot_setting
from app.workflow.speaking import put_language
from app.workflow.telling import readdress
from scheduling.records import Channel, ContactAnswer, ContactPreferences, Practitioner, Purpose
from viewer.records import Patient


def accounts(session: Session) -> tuple[Account, ...]:
    """Return all accounts, those that wait first; without what proves a password."""
    session.authorize(Permission.MANAGE_ACCOUNTS)
    with session.begin() as work:
        return tuple(
            sorted(
                (replace(account, verifier="") for account in work.accounts.all()),
                key=lambda account: (account.status is not AccountStatus.WAITING, account.username),
            )
        )


def unmatched_patients(session: Session) -> tuple[Account, ...]:
    """Return patients' accounts that nobody has matched with a patient record yet."""
    session.authorize(Permission.MATCH_PATIENT)
    with session.begin() as work:
        return tuple(
            replace(account, verifier="")
            for account in work.accounts.all()
            if account.role is Role.PATIENT
            and not account.patient_id
            and account.status is not AccountStatus.CLOSED
        )


def approve(session: Session, account_id: str) -> Account:
    """Let a doctor who signed up in: give the key slot and the practitioner record."""
    session.authorize(Permission.MANAGE_ACCOUNTS)
    with session.begin() as work:
        account = _account(work, account_id)
        if account.status is not AccountStatus.WAITING:
            raise AccountError("This account does not wait for approval.")
        material = work.settings.get(slot_setting(account_id))
    if not material:
        raise AccountError("The request holds no key material. Ask the person to sign up again.")
    with session.begin() as work:
        account = _as_practitioner(work, _account(work, account_id), session)
        account = replace(account, status=AccountStatus.ACTIVE)
        work.settings.put(slot_setting(account_id), "")
        work.note("account.approved", account_id)
        account = replace(account, public_key=session.keys.admit(json.loads(material)))
        work.accounts.put(account)
    session.publish(AccountChanged(account_id))
    return account


def add_staff(session: Session, form: SignUp) -> Account:
    """Make an account for a member of staff; active at once."""
    session.authorize(Permission.MANAGE_ACCOUNTS)
    if form.role is Role.PATIENT:
        raise AccountError("Patients sign up themselves.")
    session.keys.check_password(form.password, (form.name, form.username))
    with session.begin() as work:
        if work.accounts.by_username(form.login) is not None:
            raise UsernameTakenError("Somebody already signs in by that name.")
        account = new_account(form, session.now())
        if form.role is Role.DOCTOR:
            account = _as_practitioner(work, account, session)
        work.note("account.created", account.id, detail=form.role.value)
        session.keys.remove(form.login)  # left by an attempt that was cut short; nobody's account
        account = replace(account, public_key=session.keys.add(form.login, form.password))
        work.accounts.put(account)
    session.publish(AccountChanged(account.id))
    return account


def close_account(session: Session, account_id: str) -> None:
    """End an account: the person may no longer sign in; nothing the person did is touched."""
    session.authorize(Permission.MANAGE_ACCOUNTS)
    if account_id == session.actor.account_id:
        raise AccountError("You cannot close your own account.")
    with session.begin() as work:
        account = _account(work, account_id)
        work.accounts.put(replace(account, status=AccountStatus.CLOSED))
        work.settings.put(slot_setting(account_id), "")
        work.note("account.closed", account_id)
        if account.role is not Role.PATIENT:
            session.keys.remove(account.username)
    session.publish(AccountChanged(account_id))


def match_patient(session: Session, account_id: str, patient_id: str) -> Account:
    """Say that the person behind a patient's account is this patient, after checking identity.

    The record takes e-mail, telephone and language from the account, where they were given. That
    name, date of birth or number differ is written into the audit line.
    """
    session.authorize(Permission.MATCH_PATIENT)
    with session.begin() as work:
        account = _account(work, account_id)
        if account.role is not Role.PATIENT:
            raise AccountError("Only a patient's account is matched with a patient record.")
        if account.status is AccountStatus.CLOSED:
            raise AccountError("This account has been closed.")
        patient = work.patients.get(patient_id)
        if patient is None:
            raise NotFoundError("There is no such patient record.")
        account = tie(work, account, patient, session.now())
    session.publish(AccountChanged(account_id))
    return replace(account, verifier="")


def search_patients(session: Session, text: str) -> tuple[Patient, ...]:
    """Return patients whose name or record number holds the text.

    What was searched for is recorded so that it can be compared and not read.
    """
    session.authorize(Permission.SEARCH_PATIENTS)
    with session.begin() as work:
        if text.strip():
            work.note("patients.searched", work.audit.blind(text.strip()))
        return work.patients.search(text.strip())


def contact_preferences(session: Session, patient_id: str) -> ContactPreferences:
    """Return how a patient wants to be written to."""
    session.authorize(Permission.EDIT_PATIENT, patient_id)
    with session.begin() as work:
        return work.preferences.get(patient_id) or ContactPreferences(patient_id)


def update_preferences(
    session: Session,
    patient_id: str,
    wishes: Mapping[tuple[Channel, Purpose], bool | None],
    *,
    language: str,
    zone: str = "",
) -> ContactPreferences:
    """Write down in which language, where and by which channels a patient wants to be told.

    None is no answer; what is not in ``wishes`` keeps its answer. Reminders not sent yet follow.
    """
    session.authorize(Permission.EDIT_PATIENT, patient_id)
    if zone and zone not in available_timezones():
        raise WorkstationError(f"“{zone}” is not a time zone, e.g. Europe/Paris.")
    with session.begin() as work:
        patient = work.patients.get(patient_id)
        if patient is None:
            raise NotFoundError("There is no such patient record.")
        before = work.preferences.get(patient_id) or ContactPreferences(patient_id)
        answers = [
            ContactAnswer(channel, purpose, allowed, session.now(), session.actor.account_id)
            for (channel, purpose), allowed in wishes.items()
            if allowed is not None and before.said(channel, purpose) is not allowed
        ]
        forgotten = [key for key, allowed in wishes.items() if allowed is None]
        preferences = replace(before.without(*forgotten).answered(*answers), zone=zone)
        work.preferences.put(preferences)
        said = (f"{one.channel} {one.purpose} {'yes' if one.allowed else 'no'}" for one in answers)
        put_language(work, patient, language, session.now(), detail=", ".join(said))
    return preferences


def update_contact(session: Session, patient_id: str, *, email: str, phone: str) -> Patient:
    """Change where a patient is reached; reminders not sent yet go to the new address."""
    session.authorize(Permission.EDIT_PATIENT, patient_id)
    with session.begin() as work:
        patient = work.patients.get(patient_id)
        if patient is None:
            raise NotFoundError("There is no such patient record.")
        patient = replace(patient, email=email.strip(), phone=phone.strip())
        work.patients.put(patient)
        readdress(work, patient_id, session.now())
        send_patient_again(work, patient, session.now())
        work.note("patient.contact-changed", patient_id, patient_id=patient_id)
    return patient


def _account(work: Work, account_id: str) -> Account:
    account = work.accounts.get(account_id)
    if account is None:
        raise NotFoundError("There is no such account.")
    return account


def _as_practitioner(work: Work, account: Account, session: Session) -> Account:
    """Return the account tied to its practitioner: one the server told of, or a new one.

    Somebody of the same name who works here already is somebody else.
    """
    taken = {
        one.practitioner_id
        for one in work.accounts.all()
        if one.status is not AccountStatus.CLOSED and one.id != account.id
    }
    known = next(
        (
            one
            for one in work.practitioners.all()
            if one.name == account.name
            and one.specialty == (account.specialty or one.specialty)
            and one.id not in taken
        ),
        None,
    )
    if known is None:
        known = Practitioner(
            id=str(uuid.uuid4()),
            name=account.name,
            specialty=account.specialty or "Radiology",
            zone=read_settings(work).zone,
            email=account.email,
        )
        work.practitioners.put(known)
        send_practitioner(work, known, session.now())
    return replace(account, practitioner_id=known.id)
