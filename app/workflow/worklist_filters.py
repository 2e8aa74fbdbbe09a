"""Filters of the worklist that a person keeps under a name, in the database."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.records import SavedFilter, WorklistFilter
from app.workflow.session import Session

MOST_FILTERS = 9
LONGEST_NAME = 40


def saved_filters(session: Session) -> tuple[SavedFilter, ...]:
    """Return the person's own filters, by name."""
    session.authorize(Permission.SEE_WORKLIST)
    with session.begin() as work:
        return work.worklist_filters.of_account(session.actor.account_id)


def save_filter(session: Session, name: str, wanted: WorklistFilter) -> SavedFilter:
    """Keep a filter under a name; one of the same name is replaced.

    Raises
    ------
    WorkstationError
        The name is empty or too long, or there are nine filters already.
    """
    session.authorize(Permission.SEE_WORKLIST)
    kept = " ".join(name.split())
    if not 0 < len(kept) <= LONGEST_NAME:
        raise WorkstationError(f"Give the filter a name of at most {LONGEST_NAME} characters.")
    saved = SavedFilter(kept, wanted)
    with session.begin() as work:
        mine = work.worklist_filters.of_account(session.actor.account_id)
        if len(mine) >= MOST_FILTERS and kept not in {one.name for one in mine}:
            raise WorkstationError(
                f"You have {MOST_FILTERS} filters already. Remove one first; nothing was changed."
            )
        work.worklist_filters.put(session.actor.account_id, saved)
    return saved


def remove_filter(session: Session, name: str) -> None:
    """Forget one of the person's own filters."""
    session.authorize(Permission.SEE_WORKLIST)
    with session.begin() as work:
        if not work.worklist_filters.remove(session.actor.account_id, name):
            raise NotFoundError("There is no filter of that name any more.")
