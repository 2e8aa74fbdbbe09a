"""Working hours change together or not at all, and change back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.bootstrap import Workstation
from app.errors import NotFoundError
from app.workflow import booking
from app.workflow.hours import edit_hours
from app.workflow.session import Session
from scheduling.rules.hours import HoursEdit
from tests.app.workflow.test_calendar_sheet import IRIS, PAUL, clinic, desk

__all__ = ["clinic", "desk"]


def test_an_edit_is_changed_back_by_what_it_returns(clinic: Workstation, desk: Session) -> None:
    (before,) = booking.availabilities(desk, IRIS)
    other = replace(before, id="new", weekday=2)
    back = edit_hours(desk, IRIS, HoursEdit((other,), (before.id,)))
    assert booking.availabilities(desk, IRIS) == (other,)
    again = edit_hours(desk, IRIS, back)
    assert booking.availabilities(desk, IRIS) == (before,)
    edit_hours(desk, IRIS, again)
    assert booking.availabilities(desk, IRIS) == (other,)


def test_hours_of_somebody_else_are_never_touched(clinic: Workstation, desk: Session) -> None:
    (mine,), (theirs,) = (booking.availabilities(desk, one) for one in (IRIS, PAUL))
    for edit in (
        HoursEdit((), (theirs.id,)),
        HoursEdit((replace(theirs, practitioner_id=IRIS),)),
        HoursEdit((replace(mine, id="x", place_id="nowhere"),)),
        HoursEdit((replace(mine, id="x"),), ("absent",)),
    ):
        with pytest.raises(NotFoundError):
            edit_hours(desk, IRIS, edit)
    assert booking.availabilities(desk, IRIS) == (mine,)
    assert booking.availabilities(desk, PAUL) == (theirs,)
