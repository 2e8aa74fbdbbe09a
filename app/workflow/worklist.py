"""The worklist: which studies there are, what of each line a role may see, priors to open."""

from __future__ import annotations

from dataclasses import replace

from app.accounts.permissions import Permission
from app.records import WorklistEntry, WorklistFilter, WorklistPage
from app.workflow.session import Session

PAGE = 100
"""How many lines come at once."""

EVERYTHING = WorklistFilter()


def listed(
    session: Session, search: str = "", wanted: WorklistFilter = EVERYTHING, limit: int = PAGE
) -> WorklistPage:
    """Return the studies that match, the most urgent first and the newest first within it.

    Each word typed must begin a word of the name, the record number or the description. Who may
    not see images sees neither what a model found nor an order that tells it: for them the newest
    stands first, whatever its urgency, and a filter by urgency is refused. What was searched for
    is recorded so that it can be compared and not read.

    Raises
    ------
    ForbiddenError
        The role does not see the worklist, or asks by urgency and may not see images.
    """
    session.authorize(Permission.SEE_WORKLIST)
    if wanted.urgencies:
        session.authorize(Permission.VIEW_IMAGES)
    sees_all = session.can(Permission.VIEW_IMAGES)
    with session.begin() as work:
        if search.strip():
            work.note("worklist.searched", work.audit.blind(search.strip()))
        page = work.worklist.page(
            search.strip(),
            wanted,
            today=session.today(),
            reader_id=session.actor.account_id,
            limit=limit,
            by_urgency=sees_all,
        )
    if sees_all:
        return page
    return replace(page, entries=tuple(_for_the_desk(entry) for entry in page.entries))


def _for_the_desk(entry: WorklistEntry) -> WorklistEntry:
    return replace(entry, urgency=None, flag="")
