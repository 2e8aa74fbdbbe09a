"""Claims about a workstation whose clock is a year ahead for one turn: nobody loses anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.bootstrap import Workstation
from app.workflow import admitting, booking, notifying, timekeeping, waiting_list
from app.workflow.configuring import clinic_settings, save_settings
from scheduling.places import WaitingStatus
from scheduling.records import NoticeKind, NoticeState
from scheduling.rules.leaps import PROOF, Belief
from tests.app.workflow.conftest import ADMIN, DESK
from tests.app.workflow.imaging_site import OTHER_ID, at, book, enter, open_site
from tests.app.workflow.samples import PATIENT_ID
from tests.app.workflow.test_series_and_waiting import wish
from tests.scheduling.mailroom import mailroom

YEAR = timedelta(days=365)


@pytest.fixture
def site(clinic: Workstation) -> Workstation:
    open_site(clinic)
    return clinic


def turn_at(site: Workstation, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "clock", lambda: now)
    site.background_turn(lambda _fraction, _text: None)


def believe_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the broken variant: a program that takes whatever the clock shows."""
    monkeypatch.setattr(timekeeping, "judged", lambda _, now: Belief(now))


@pytest.mark.parametrize("broken", [False, True])
def test_a_cancellation_is_still_told_after_a_turn_a_year_ahead(
    site: Workstation, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    if broken:
        believe_anything(monkeypatch)
    now = datetime.now(UTC)
    desk = enter(site, DESK)
    visit = book(desk)
    turn_at(site, now, monkeypatch)
    booking.cancel(desk, visit.id)
    turn_at(site, now + YEAR, monkeypatch)
    with mailroom() as room:
        admin = enter(site, ADMIN)
        save_settings(
            admin,
            replace(
                clinic_settings(admin),
                smtp_host="127.0.0.1",
                smtp_port=room.port,
                smtp_security="none",
                smtp_sender="desk@hillside.example",
                quiet_hours="",
            ),
        )
        turn_at(site, now + timedelta(minutes=1), monkeypatch)
    told = [str(message["Subject"]) for message in room.received]
    assert any("cancelled" in one for one in told) is not broken
    ended = {
        one.state
        for one in notifying.notices(enter(site, DESK), visit.id)
        if one.kind is NoticeKind.CANCELLATION
    }
    assert (NoticeState.EXPIRED in ended) is broken


@pytest.mark.parametrize("broken", [False, True])
def test_an_offer_stays_with_the_patient_it_was_made_to(
    site: Workstation, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    if broken:
        believe_anything(monkeypatch)
    now = datetime.now(UTC)
    desk = enter(site, DESK)
    early = book(desk, OTHER_ID)
    first = waiting_list.join(desk, PATIENT_ID, wish(desk))
    booking.cancel(desk, early.id)
    turn_at(site, now, monkeypatch)
    waiting_list.waiting(at(desk, now + YEAR))
    turn_at(site, now + YEAR, monkeypatch)
    turn_at(site, now + timedelta(minutes=1), monkeypatch)
    with desk.begin() as work:
        entry = work.waiting.get(first.id)
    assert entry is not None
    assert (entry.status is WaitingStatus.OFFERED) is not broken
    assert (entry.declined == ()) is not broken


def test_a_new_address_given_while_the_clock_is_ahead_gets_the_reminder(
    site: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    desk = enter(site, DESK)
    visit = book(desk)
    turn_at(site, now, monkeypatch)
    later = at(desk, now + YEAR)
    admitting.update_contact(later, PATIENT_ID, email="new@example.org", phone="")
    to = {
        one.recipient
        for one in notifying.notices(enter(site, DESK), visit.id)
        if one.kind is NoticeKind.REMINDER and "@" in one.recipient
    }
    assert to == {"new@example.org"}


def test_after_a_holiday_what_is_over_is_given_up_ten_minutes_later(
    site: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    desk = enter(site, DESK)
    visit = book(desk)
    turn_at(site, now, monkeypatch)
    back = visit.starts + timedelta(days=20)

    def expired() -> set[NoticeState]:
        found = notifying.notices(enter(site, DESK), visit.id)
        return {one.state for one in found if one.kind is NoticeKind.CONFIRMATION}

    turn_at(site, back, monkeypatch)
    assert expired() == {NoticeState.PLANNED}
    turn_at(site, back + PROOF, monkeypatch)
    assert expired() == {NoticeState.EXPIRED}


def test_a_server_that_agrees_has_the_clock_believed_at_once_and_another_never(
    site: Workstation,
) -> None:
    storage = site.clinic.storage
    now = datetime.now(UTC)
    timekeeping.note_turn(storage, now)
    timekeeping.note_turn(storage, now + YEAR)
    timekeeping.note_server(storage, now + YEAR, None)
    timekeeping.note_server(storage, now + YEAR, now + timedelta(minutes=3))
    belief = timekeeping.note_turn(storage, now + YEAR + PROOF - timedelta(minutes=1))
    assert belief.doubted == now + timedelta(minutes=3)
    morning = now + timedelta(hours=14)
    timekeeping.note_turn(storage, now)
    timekeeping.note_server(storage, morning, morning)
    assert timekeeping.note_turn(storage, morning).doubted is None
