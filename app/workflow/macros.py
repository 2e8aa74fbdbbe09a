"""Texts a person keeps under an abbreviation, in the database; the shipped ones stand beside."""

from __future__ import annotations

import re

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.records import Macro
from app.storage.work import Work
from app.workflow.session import Session

MOST_MACROS = 200
LONGEST_TEXT = 4000
_ABBREVIATION = re.compile(r"[^\W_](?:[\w-]{0,18}[^\W_])?")


def macros(session: Session) -> tuple[Macro, ...]:
    """Return the person's own texts, by abbreviation."""
    session.authorize(Permission.KEEP_TEXTS)
    with session.begin() as work:
        return work.macros.of_account(session.actor.account_id)


def save_macro(session: Session, abbreviation: str, text: str, former: str = "") -> Macro:
    """Keep a text under an abbreviation; one of the same abbreviation is replaced.

    Parameters
    ----------
    former
        The abbreviation it was kept under before, where that changes.

    Raises
    ------
    WorkstationError
        The abbreviation is no short word, the text is empty or too long, or there are too many.
    """
    session.authorize(Permission.KEEP_TEXTS)
    short = abbreviation.strip().removeprefix(".").lower()
    if not _ABBREVIATION.fullmatch(short):
        raise WorkstationError(
            "An abbreviation is one short word of letters and digits, of at most 20 characters."
        )
    kept = text.strip("\n")
    if not kept.strip() or len(kept) > LONGEST_TEXT:
        raise WorkstationError(f"The text has between 1 and {LONGEST_TEXT} characters.")
    made, mine = Macro(short, kept), session.actor.account_id
    with session.begin() as work:
        if former and former != short:
            _remove(work, mine, former)
        names = {one.abbreviation for one in work.macros.of_account(mine)}
        if short not in names and len(names) >= MOST_MACROS:
            raise WorkstationError(f"You keep {MOST_MACROS} texts already. Remove one first.")
        work.macros.put(mine, made)
        work.note("macro.saved", short)
    return made


def remove_macro(session: Session, abbreviation: str) -> None:
    """Forget one of the person's own texts."""
    session.authorize(Permission.KEEP_TEXTS)
    with session.begin() as work:
        _remove(work, session.actor.account_id, abbreviation)
        work.note("macro.removed", abbreviation)


def _remove(work: Work, account_id: str, abbreviation: str) -> None:
    if not work.macros.remove(account_id, abbreviation):
        raise NotFoundError("You keep no text under that abbreviation any more.")
