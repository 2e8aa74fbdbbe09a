"""A signed-in person at work, and the one place where rights are enforced.

Every act of app.workflow begins with ``session.authorize(...)``; what the table in
app.accounts.permissions does not allow is refused, and the refusal is audited.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING

from app.accounts.permissions import Permission, allowed
from app.accounts.treating import TREATING_ONLY, opens
from app.errors import ForbiddenError, LockedError, NotTreatingError
from app.events import Bus, Event
from app.records import Actor, Role
from app.workflow.keys import OpenKeys
from app.workflow.settings import clinic_zone, day_in

if TYPE_CHECKING:
    from app.storage.pixels import PixelFiles
    from app.storage.work import Storage, Work


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """What a signed-in person acts through; dead after sign-out.

    ``language`` is the one that was chosen at the sign-in, empty where none was.
    """

    actor: Actor
    storage: Storage = field(repr=False)
    keys: OpenKeys = field(repr=False)
    bus: Bus = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False, default=utc_now)
    ended: threading.Event = field(repr=False, default_factory=threading.Event)
    language: str = ""

    def can(self, permission: Permission, patient_id: str = "", **of: str) -> bool:
        """Whether the policy lets this person do it; see ``authorize``."""
        if self.ended.is_set():
            return False
        patients = [patient_id] if patient_id else self._patients_of(of)
        return all(
            allowed(self.actor, permission, one) and self._opens(permission, one)
            for one in patients
        )

    def authorize(self, permission: Permission, patient_id: str = "", **of: str) -> None:
        """Let the act go on, or audit the refusal and raise ForbiddenError.

        Parameters
        ----------
        patient_id
            Whose data it is, where the caller knows.
        of
            Otherwise the ids of what the act is about, by kind: ``study=uid``, ``series=uid``,
            ``report=id``, see app.storage.access. A doctor must be treating every patient they
            lead to, for what app.accounts.treating lists.

        Raises
        ------
        ForbiddenError
            The role does not allow it, or the desk has undone the match of a patient's account.
        NotTreatingError
            The role allows it, but the doctor is not treating the patient.
        """
        self._require_live()
        for one in [patient_id] if patient_id else self._patients_of(of):
            self._authorize(permission, one)

    def _authorize(self, permission: Permission, patient_id: str) -> None:
        if not allowed(self.actor, permission, patient_id):
            self._refuse(permission, patient_id)
            raise ForbiddenError("Your role does not allow this. The attempt was recorded.")
        if not self._opens(permission, patient_id):
            self._refuse(permission, patient_id)
            if self.actor.role is Role.PATIENT:
                raise ForbiddenError(
                    "Your account is no longer matched with your record. Please ask at the desk."
                )
            raise NotTreatingError(
                "You are not treating this patient, so this stays closed. The attempt was"
                " recorded. The reader of the study or the desk can hand it over to you."
            )

    def treats(self, patient_id: str) -> bool:
        """Whether this person is a doctor who is treating the patient."""
        if self.actor.role is not Role.DOCTOR:
            return False
        with self.storage.looking() as ties:
            return ties.between(self.actor, patient_id, self.now()).treating

    def _opens(self, permission: Permission, patient_id: str) -> bool:
        if self.actor.role is Role.PATIENT and patient_id:
            with self.storage.looking() as ties:
                return ties.matched(self.actor.account_id, patient_id)
        doctor = self.actor.role is Role.DOCTOR
        if not doctor or not patient_id or permission not in TREATING_ONLY:
            return True
        with self.storage.looking() as ties:
            return opens(ties.between(self.actor, patient_id, self.now()), permission)

    def _patients_of(self, of: Mapping[str, str]) -> list[str]:
        """Return the patients these ids lead to; one empty id where they lead to none."""
        if not of:
            return [""]
        with self.storage.looking() as ties:
            found = {ties.patient_of(kind, subject) for kind, subject in of.items()}
        return sorted(one for one in found if one) or [""]

    def _refuse(self, permission: Permission, patient_id: str) -> None:
        with self.begin() as work:
            work.note("access.refused", permission.value, patient_id=patient_id, outcome="refused")

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

    def today(self, zone: str | tzinfo = "") -> date:
        """Return what day it is at the clinic, or in the time zone of a place or a person."""
        return self.day_of(self.now(), zone)

    def day_of(self, at: datetime, zone: str | tzinfo = "") -> date:
        """Return the day of an aware moment at the clinic, or in that time zone."""
        if not zone:
            with self.storage.reading_settings() as shelf:
                zone = clinic_zone(shelf)
        return day_in(zone, at)

    def publish(self, event: Event) -> None:
        """Tell the workstation what has been committed."""
        self.bus.publish(event)

    def end(self) -> None:
        """Make every later act through this session fail."""
        self.ended.set()

    def _require_live(self) -> None:
        if self.ended.is_set():
            raise LockedError("Nobody is signed in any more. Sign in again to go on.")
