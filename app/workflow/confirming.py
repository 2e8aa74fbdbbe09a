"""The administrator's own password, asked again before something dangerous."""

from __future__ import annotations

from app.errors import AccountError, PauseError, SignInError
from app.workflow.session import Session


def require_password(password: str, session: Session, refused: str) -> None:
    """Go on if it is the signed-in person's; ``refused`` names the audit line if it is not.

    Raises
    ------
    SignInError
        The password is wrong; nothing was approved.
    """
    with session.begin() as work:
        account = work.accounts.get(session.actor.account_id)
    if account is None:
        raise AccountError("This account no longer exists.")
    try:
        session.keys.signing_key(account.username, password)
    except PauseError as error:
        raise PauseError(f"{error} Nothing was approved.") from error
    except SignInError as error:
        with session.begin() as work:
            work.note(refused, account.id, outcome="refused")
        raise SignInError("The password is wrong. Nothing was approved.") from error
