"""A signed-in person at work, and the one place where rights are enforced.

Every act of app.workflow begins with ``session.authorize(...)``; what the table in
app.accounts.permissions does not allow is refused, and the refusal is audited.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.accounts.permissions import Permission, allowed
from app.errors import ForbiddenError, LockedError
from app.events import Bus, Event
from app.records import Actor
from app.workflow.keys import OpenKeys

if TYPE_CHECKING:
    from app.storage.pixels import PixelFiles
    from app.storage.work import Storage, Work


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """What a signed-in person acts through; dead after sign-out."""

    actor: Actor
    storage: Storage = field(repr=False)
    keys: OpenKeys = field(repr=False)
    bus: Bus = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False, default=utc_now)
    ended: threading.Event = field(repr=False, default_factory=threading.Event)

    def can(self, permission: Permission, patient_id: str = "") -> bool:
        """Whether the policy lets this person do it."""
        return not self.ended.is_set() and allowed(self.actor, permission, patient_id)

    def authorize(self, permission: Permission, patient_id: str = "") -> None:
        """Let the act go on, or audit the refusal and raise ForbiddenError."""
        self._require_live()
        if allowed(self.actor, permission, patient_id):
            return
        with self.begin() as work:
            work.note("access.refused", permission.value, patient_id=patient_id, outcome="refused")
        raise ForbiddenError("Your role does not allow this. The attempt was recorded.")

    def begin(self) -> AbstractContextManager[Work]:
        """Open one transaction: commit on success, roll back on any exception.

        Raises
        ------
        LockedError
            The person has signed out: also what was begun before is not finished in the name of
            somebody who has left.
        """
        self._require_live()
        return self.storage.begin(self.actor)

    def begin_results(self) -> AbstractContextManager[Work]:
        """Open one transaction for results that were computed for the person, see ADR 23.

        Only for what was authorised and begun while the person was signed in and decides nothing:
        a lock of the window must not lose it. The audit line says that the person had left.
        """
        return self.storage.begin(self.actor)

    @property
    def away(self) -> str:
        """Words for an audit line about results: empty, or that the person had left by then."""
        return " stored after the session had ended" if self.ended.is_set() else ""

    @property
    def pixels(self) -> PixelFiles:
        """The encrypted pixel files."""
        return self.storage.pixels

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        return self.clock()

    def publish(self, event: Event) -> None:
        """Tell the workstation what has been committed."""
        self.bus.publish(event)

    def end(self) -> None:
        """Make every later act through this session fail."""
        self.ended.set()

    def _require_live(self) -> None:
        if self.ended.is_set():
            raise LockedError("Nobody is signed in any more. Sign in again to go on.")
