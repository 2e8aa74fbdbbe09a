"""Holding a slot while a person decides: nobody else books it until the hold runs out.

Holds are of this workstation; a central server decides about the booking itself.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.making import Order, checked, pass_on
from app.workflow.session import Session
from scheduling.places import Hold
from scheduling.records import Slot

LASTS = timedelta(minutes=10)
"""How long a slot is kept; asking again for the same slot begins anew."""

MOST = 3
"""The most slots one person keeps at a time; the oldest gives way."""


def hold(session: Session, slot: Slot, patient_id: str) -> Hold:
    """Keep a free slot for the signed-in person, who is deciding with or as that patient.

    Raises
    ------
    OutsideHoursError, SlotTakenError
        See `booking.book`.
    """
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    now, account_id = session.now(), session.actor.account_id
    with session.begin() as work:
        pass_on(work, now)
        mine = [one for one in work.holds.standing(now) if one.account_id == account_id]
        same = [one for one in mine if (one.starts, one.ends) == (slot.starts, slot.ends)]
        same = [one for one in same if one.practitioner_id == slot.practitioner_id]
        oldest = sorted(mine, key=lambda one: one.expires_at)[: max(0, len(mine) - MOST + 1)]
        for one in {each.id for each in (*same, *oldest)}:
            work.holds.remove(one)
        free = checked(work, slot, Order(patient_id, account_id, now, own))
        kept = Hold(
            id=str(uuid.uuid4()),
            account_id=account_id,
            practitioner_id=free.practitioner_id,
            starts=free.starts,
            ends=free.ends,
            expires_at=now + LASTS,
            place_id=free.place_id,
            visit_type_id=free.visit_type_id,
            resource_ids=free.resource_ids,
            patient_id=patient_id,
        )
        work.holds.put(kept)
        work.note("slot.held", kept.id, patient_id=patient_id)
    return kept


def let_go(session: Session, hold_id: str) -> None:
    """Give a held slot back before the hold runs out."""
    with session.begin() as work:
        kept = work.holds.get(hold_id)
    patient_id = kept.patient_id if kept else ""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    if kept is None or kept.account_id != session.actor.account_id:
        raise NotFoundError("There is no such hold.")
    with session.begin() as work:
        work.holds.remove(hold_id)
        work.note("slot.let-go", hold_id, patient_id=patient_id)
