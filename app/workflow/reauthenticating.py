"""The password again, right before a signature: whose key it opens, and how long that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.permissions import Permission
from app.errors import AccountError, SignInError, TamperedReportError
from app.records import Account, AccountStatus, Role
from app.workflow.seal import Signer
from app.workflow.session import Session

FRESH_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Reauthenticated:
    """A signer whose password was right at that moment."""

    signer: Signer
    at: datetime

    def require_fresh(self, now: datetime) -> None:
        """Raise SignInError if the password was given more than a minute ago."""
        if not timedelta(0) <= now - self.at <= FRESH_FOR:
            raise SignInError(
                "Your password was asked more than a minute ago. Nothing was signed; enter it"
                " again."
            )


def reauthenticate(session: Session, password: str) -> Reauthenticated:
    """Open the signed-in doctor's own key.

    Raises
    ------
    SignInError
        The password is wrong, or it was wrong too often: nothing was signed.
    TamperedReportError
        The key is not the one the clinic knows this doctor by.
    """
    session.authorize(Permission.SIGN_REPORT)
    with session.begin() as work:
        account = work.accounts.get(session.actor.account_id)
    if account is None:
        raise AccountError("This account no longer exists.")
    return _opened(session, account, password)


def second_doctor(session: Session, username: str, password: str) -> Reauthenticated:
    """Open the key of another doctor who stands beside the signed-in one."""
    session.authorize(Permission.SIGN_REPORT)
    with session.begin() as work:
        account = work.accounts.by_username(username)
    if account is None or account.role is not Role.DOCTOR:
        _refuse(session, username)
        raise SignInError("The second doctor's name or password is wrong. Nothing was signed.")
    if account.id == session.actor.account_id:
        raise SignInError("The second doctor must be another one. Nothing was signed.")
    return _opened(session, account, password)


def _opened(session: Session, account: Account, password: str) -> Reauthenticated:
    if account.status is not AccountStatus.ACTIVE:
        raise SignInError("This account may not sign. Nothing was signed.")
    try:
        key = session.keys.signing_key(account.username, password)
    except SignInError as error:
        _refuse(session, account.id)
        said = str(error) if "Try again" in str(error) else "The password is wrong."
        raise SignInError(f"{said} Nothing was signed.") from error
    if account.public_key and key.public_key().public_bytes_raw().hex() != account.public_key:
        with session.begin() as work:
            work.note("signature.refused", account.id, outcome="failed", detail="key differs")
        raise TamperedReportError(
            "Your signing key is not the one this clinic knows you by. Nothing was signed;"
            " tell the administrator."
        )
    signer = Signer(account.practitioner_id or account.id, account.name, key)
    return Reauthenticated(signer, session.now())


def _refuse(session: Session, subject: str) -> None:
    with session.begin() as work:
        work.note("signature.refused", subject, outcome="refused")
