"""The first opening of a workstation that was restored from a backup.

It is behind what it did after that backup. What it may have sent since is not sent again, time
leased since is not booked in, and where there is a central server, nothing goes out and nobody is
written to before somebody enrols it again: then it reads the server's whole history, and has back
what it had told the server.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from app.records import SYSTEM
from app.storage.files import sync_folder
from app.storage.restoring import MARK
from app.storage.work import Storage, Work
from app.workflow.planned import LEASES
from app.workflow.settings import has_server
from scheduling.notices.timing import URGENT
from scheduling.records import NoticeState

HELD = "restored"
"""The setting that says from which backup; empty once the server was joined again, or without."""

WHY_HELD = (
    "This workstation was restored from a backup, so it waits. Enrol it again (Settings, Central"
    " server): it then gets back what it had sent."
)


def settle(storage: Storage, now: datetime) -> None:
    """Do what is to be done once after a restoring; nothing where there was none.

    What is cut short is done again at the next opening, and is the same then.
    """
    mark = storage.folder / MARK
    if not mark.exists():
        return
    generation, made_at = _read(mark.read_bytes())
    with storage.begin(SYSTEM) as work:
        work.note("backup.restored", generation or "unknown", detail=made_at)
        work.settings.put(LEASES, "")
        if has_server(work):
            work.settings.put(HELD, generation or "unknown")
        _let_be_what_may_have_gone_out(work, now)
    mark.unlink()
    sync_folder(storage.folder)


def holds(storage: Storage) -> bool:
    """Whether nothing goes out because the workstation waits to be enrolled again."""
    with storage.begin(SYSTEM) as work:
        return is_held(work)


def is_held(work: Work) -> bool:
    """The same within a transaction; whoever gives the server up need not wait for it."""
    return bool(work.settings.get(HELD)) and has_server(work)


def let_go(work: Work) -> None:
    """Say that the workstation was enrolled again."""
    work.settings.put(HELD, "")


def _let_be_what_may_have_gone_out(work: Work, now: datetime) -> None:
    """Give messages up whose time came before now, as after any other sender that died.

    Urgent news is sent all the same: missing it costs a patient a journey.
    """
    for notice in work.notices.due(now):
        if notice.kind not in URGENT:
            given_up = replace(
                notice,
                state=NoticeState.UNKNOWN,
                next_try_at=None,
                last_error="It may have gone out: the workstation was restored from a backup.",
            )
            work.notices.update(given_up)


def _read(data: bytes) -> tuple[str, str]:
    try:
        told = json.loads(data)
        return str(told["generation"]), str(told["made_at"])
    except (ValueError, KeyError, TypeError):
        return "", ""
