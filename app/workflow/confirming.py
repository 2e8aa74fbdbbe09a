"""The signed-in person's own password, asked again before something dangerous."""

from __future__ import annotations

from app.errors import AccountError, PauseError, SignInError
from app.workflow.session import Session


def require_password(
    password: str,
    session: Session,
    refused: str,
    *,
    patient_id: str = "",
    undone: str = "Nothing was approved.",
) -> None:
    """Go on if it is the signed-in person's; ``refused`` names the audit line if it is not.

    Raises
    ------
    SignInError
        The password is wrong, or must wait (then a PauseError); ``undone`` says what was not done.
    """
    with session.begin() as work:
        account = work.accounts.get(session.actor.account_id)
    if account is None:
        raise AccountError("This account no longer exists.")
    try:
        session.keys.signing_key(account.username, password)
    except SignInError as error:
        with session.begin() as work:
            work.note(refused, account.id, patient_id=patient_id, outcome="refused")
        if isinstance(error, PauseError):
            raise PauseError(f"{error} {undone}") from error
        raise SignInError(f"The password is wrong. {undone}") from error
