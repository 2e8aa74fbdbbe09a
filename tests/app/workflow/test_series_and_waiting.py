"""Claims about recurring visits and the waiting list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError
from app.workflow import booking, making, notifying, repeating, telling, waiting_list
from app.workflow.waiting_list import WaitingFor
from scheduling.errors import AppointmentStatusError, SlotTakenError
from scheduling.notices.outbox import answered
from scheduling.places import WaitingStatus
from scheduling.records import (
    AppointmentStatus,
    CancelReason,
    Channel,
    ContactAnswer,
    ContactPreferences,
    NoticeKind,
    NoticeState,
    Purpose,
)
from scheduling.rules.waiting import OFFER_LASTS
from tests.app.workflow.conftest import DESK, PATIENT
from tests.app.workflow.imaging_site import OTHER_ID, at, book, enter, free, open_site
from tests.app.workflow.samples import PATIENT_ID

WEEK = timedelta(days=7)


@pytest.fixture
def site(clinic: Workstation) -> Workstation:
    open_site(clinic)
    return clinic


def series(desk, count=3):
    planned = repeating.preview(desk, free(desk)[0], every_days=7, count=count)
    assert not [one for one in planned if one.refusal]
    return repeating.book_series(desk, tuple(one.slot for one in planned), PATIENT_ID)


def wish(desk, days_ahead=3, **more):
    day = (desk.now() + timedelta(days=days_ahead)).date()
    return WaitingFor(day, day + timedelta(days=30), "mri", **more)


def offer_ends(desk):
    (kept,) = [one.offered for one in waiting_list.waiting(desk) if one.offered is not None]
    return kept.expires_at


def test_a_series_is_booked_whole_or_not_at_all(site: Workstation) -> None:
    desk = enter(site, DESK)
    other = book(desk, OTHER_ID, days_ahead=10)
    planned = repeating.preview(desk, free(desk)[0], every_days=7, count=3)
    assert [bool(one.refusal) for one in planned] == [False, True, False]
    assert planned[1].slot.starts == other.starts
    assert planned[1].instead
    with pytest.raises(SlotTakenError):
        repeating.book_series(desk, tuple(one.slot for one in planned), PATIENT_ID)
    with desk.begin() as work:
        assert work.appointments.of_patient(PATIENT_ID) == ()
    slots = (planned[0].slot, planned[1].instead[0], planned[2].slot)
    made = repeating.book_series(desk, slots, PATIENT_ID)
    assert len({one.series_id for one in made}) == 1
    assert made[0].series_id


def test_one_visit_of_a_series_changes_alone(site: Workstation) -> None:
    desk = enter(site, DESK)
    first, second, _ = series(desk)
    booking.cancel(desk, second.id)
    with desk.begin() as work:
        now = [one.status for one in work.appointments.of_series(first.series_id)]
    booked = AppointmentStatus.BOOKED
    assert now == [booked, AppointmentStatus.CANCELLED, booked]


@pytest.mark.parametrize("by", [timedelta(minutes=60), WEEK, -timedelta(days=1)])
def test_the_rest_of_a_series_moves_together(site: Workstation, by: timedelta) -> None:
    desk = enter(site, DESK)
    first, second, third = series(desk)
    slot = replace(free(desk)[0], starts=second.starts + by, ends=second.ends + by)
    moved = repeating.move_rest(desk, second.id, slot)
    assert [one.id for one in moved] == [second.id, third.id]
    walls = [
        abs(one.starts - before.starts - by)
        for one, before in zip(moved, (second, third), strict=True)
    ]
    assert max(walls) <= timedelta(hours=1)  # an hour where the clock changes in between
    with desk.begin() as work:
        assert work.appointments.get(first.id) == first


def test_a_series_that_cannot_move_whole_stays(site: Workstation) -> None:
    desk = enter(site, DESK)
    first, second, third = series(desk)
    hour = timedelta(minutes=60)
    taken = replace(free(desk, 17)[0], starts=third.starts + hour, ends=third.ends + hour)
    booking.book(desk, taken, OTHER_ID)
    slot = replace(taken, starts=second.starts + hour, ends=second.ends + hour)
    with pytest.raises(SlotTakenError):
        repeating.move_rest(desk, second.id, slot)
    with desk.begin() as work:
        assert work.appointments.of_series(first.series_id) == (first, second, third)


def test_the_rest_of_a_series_is_cancelled_with_one_reason(site: Workstation) -> None:
    desk = enter(site, DESK)
    _, second, third = series(desk)
    gone = repeating.cancel_rest(desk, second.id, CancelReason.PRACTITIONER)
    assert [one.id for one in gone] == [second.id, third.id]
    assert {one.cancelled_because for one in gone} == {"prov"}
    with pytest.raises(NotFoundError):
        repeating.cancel_rest(desk, second.id, CancelReason.PRACTITIONER)


def test_a_freed_time_is_offered_kept_and_booked_instead_of_a_later_one(
    site: Workstation,
) -> None:
    desk = enter(site, DESK)
    early, late = book(desk, OTHER_ID), book(desk, PATIENT_ID, days_ahead=9)
    entry = waiting_list.join(desk, PATIENT_ID, wish(desk, instead_of=late.id))
    booking.cancel(desk, early.id)
    offered = waiting_list.waiting(desk)[0]
    assert offered.waiting.status is WaitingStatus.OFFERED
    assert offered.offered is not None
    assert offered.offered.starts == early.starts
    assert early.starts not in {slot.starts for slot in free(desk)}
    patient = enter(site, PATIENT)
    assert [one.waiting.id for one in waiting_list.my_waiting(patient)] == [entry.id]
    visit = waiting_list.accept(patient, entry.id)
    assert (visit.starts, visit.patient_id) == (early.starts, PATIENT_ID)
    kept = {one.appointment.id: one.appointment for one in booking.my_appointments(patient)}
    assert kept[late.id].status is AppointmentStatus.CANCELLED
    assert waiting_list.my_waiting(patient) == ()


def noon(session):
    """The same person at noon of the clinic, three days from now: no quiet hours, no edge."""
    day = (session.now() + timedelta(days=3)).date()
    return at(session, datetime.combine(day, time(12), ZoneInfo("Europe/Paris")))


def test_whoever_is_offered_a_time_is_told_until_when_it_is_kept(site: Workstation) -> None:
    desk = noon(enter(site, DESK))
    early = book(desk, OTHER_ID)
    entry = waiting_list.join(desk, PATIENT_ID, wish(desk))
    booking.cancel(desk, early.id)
    ends = offer_ends(desk)
    assert ends == desk.now() + OFFER_LASTS
    with desk.begin() as work:
        told = work.notices.of_appointment(entry.id)
    assert {one.channel for one in told} == set(Channel)
    for one in told:
        assert (one.kind, one.expires_at) == (NoticeKind.OFFER, ends)
        assert f"{ends.astimezone(ZoneInfo('Europe/Paris')):%H:%M}" in one.body
        assert f"{early.starts.astimezone(ZoneInfo('Europe/Paris')):%H:%M}" in one.body
    visit = waiting_list.accept(desk, entry.id)
    assert visit.id == entry.id  # so the offer stands among the messages of the appointment
    with desk.begin() as work:
        for one in told:
            work.notices.update(replace(one, state=NoticeState.EXPIRED))
        assert work.notices.troubled(visit.starts, visit.ends) == frozenset()
    kinds = {one.kind for one in notifying.notices(desk, visit.id)}
    assert kinds == {NoticeKind.OFFER, NoticeKind.CONFIRMATION, NoticeKind.REMINDER}


def test_each_offer_is_told_once_and_one_that_was_declined_is_not_sent(site: Workstation) -> None:
    desk = noon(enter(site, DESK))
    first, second = book(desk, OTHER_ID), book(desk, OTHER_ID, days_ahead=4)
    entry = waiting_list.join(desk, PATIENT_ID, wish(desk))
    booking.cancel(desk, first.id)
    waiting_list.decline(desk, entry.id)
    booking.cancel(desk, second.id)
    with desk.begin() as work:
        told = work.notices.of_appointment(entry.id)
        now = work.waiting.get(entry.id)
    assert sorted(one.sequence for one in told) == [0, 0, 1, 1]
    assert {one.sequence for one in told if not answered(one, now, desk.now())} == {1}


def test_an_offer_made_at_night_is_kept_until_after_the_quiet_hours(site: Workstation) -> None:
    desk = noon(enter(site, DESK))
    night = at(desk, desk.now() + timedelta(hours=11))
    early = book(night, OTHER_ID)
    waiting_list.join(night, PATIENT_ID, wish(night))
    booking.cancel(night, early.id)
    morning = night.now().astimezone(ZoneInfo("Europe/Paris")).replace(hour=8) + timedelta(days=1)
    assert offer_ends(night) == morning + OFFER_LASTS


def test_whoever_wants_no_messages_is_offered_the_time_without_one(site: Workstation) -> None:
    desk = noon(enter(site, DESK))
    early = book(desk, OTHER_ID)
    entry = waiting_list.join(desk, PATIENT_ID, wish(desk))
    no = [ContactAnswer(way, Purpose.VISITS, False, desk.now(), "desk") for way in Channel]
    with desk.begin() as work:
        work.preferences.put(ContactPreferences(PATIENT_ID).answered(*no))
    booking.cancel(desk, early.id)
    assert offer_ends(desk)
    with desk.begin() as work:
        assert work.notices.of_appointment(entry.id) == ()


def test_the_workstation_tells_of_offers_where_the_server_tells_the_rest(
    site: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "server_tells", lambda _: True)
    desk = noon(enter(site, DESK))
    early = book(desk, OTHER_ID)
    entry = waiting_list.join(desk, PATIENT_ID, wish(desk))
    booking.cancel(desk, early.id)
    with desk.begin() as work:
        assert work.notices.of_appointment(early.id) == ()
        assert len(work.notices.of_appointment(entry.id)) == 2


def test_an_offer_that_is_declined_or_not_answered_goes_to_the_next(site: Workstation) -> None:
    desk = enter(site, DESK)
    early = book(desk, OTHER_ID)
    first = waiting_list.join(desk, PATIENT_ID, wish(desk))
    second = waiting_list.join(desk, OTHER_ID, wish(desk))
    third = waiting_list.join(desk, PATIENT_ID, wish(desk))
    booking.cancel(desk, early.id)

    def who_has_it(session):
        entries = waiting_list.waiting(session)
        return [one.waiting.id for one in entries if one.waiting.status is WaitingStatus.OFFERED]

    assert who_has_it(desk) == [first.id]
    waiting_list.decline(desk, first.id)
    assert who_has_it(desk) == [second.id]
    later = at(desk, offer_ends(desk) + timedelta(minutes=1))
    assert who_has_it(later) == [third.id]
    with pytest.raises(AppointmentStatusError, match="run out"):
        waiting_list.accept(later, second.id)
    waiting_list.leave(later, third.id)
    assert who_has_it(later) == []
    days_ahead = (early.starts.date() - later.now().date()).days
    assert early.starts in {slot.starts for slot in free(later, days_ahead)}


def test_the_background_turn_passes_an_old_offer_on(site: Workstation, monkeypatch) -> None:
    desk = enter(site, DESK)
    early = book(desk, OTHER_ID)
    waiting_list.join(desk, PATIENT_ID, wish(desk))
    second = waiting_list.join(desk, OTHER_ID, wish(desk))
    booking.cancel(desk, early.id)
    late = offer_ends(desk) + timedelta(minutes=1)
    monkeypatch.setattr(site, "clock", lambda: late)
    site.background_turn(lambda _fraction, _text: None)
    with desk.begin() as work:
        offered = [one.id for one in work.waiting.open() if one.status is WaitingStatus.OFFERED]
    assert offered == [second.id]


def test_nobody_waits_in_the_name_of_somebody_else(site: Workstation) -> None:
    desk = enter(site, DESK)
    theirs = book(desk, OTHER_ID)
    entry = waiting_list.join(desk, OTHER_ID, wish(desk))
    patient = enter(site, PATIENT)
    for act in (
        lambda: waiting_list.join(patient, OTHER_ID, wish(patient)),
        lambda: waiting_list.accept(patient, entry.id),
        lambda: waiting_list.decline(patient, entry.id),
        lambda: waiting_list.leave(patient, entry.id),
        lambda: waiting_list.waiting(patient),
    ):
        with pytest.raises(ForbiddenError):
            act()
    with pytest.raises(NotFoundError):
        waiting_list.join(patient, PATIENT_ID, wish(patient, instead_of=theirs.id))
    assert waiting_list.my_waiting(patient) == ()


def test_what_would_not_move_with_a_series_is_named_before_and_the_others_move(
    site: Workstation,
) -> None:
    desk = enter(site, DESK)
    first, second, third = series(desk)
    hour = timedelta(minutes=60)
    taken = replace(free(desk, 17)[0], starts=third.starts + hour, ends=third.ends + hour)
    booking.book(desk, taken, OTHER_ID)
    slot = replace(taken, starts=second.starts + hour, ends=second.ends + hour)
    tried = repeating.preview_rest(desk, second.id, slot)
    assert [(one.before, bool(one.refusal)) for one in tried] == [(second, False), (third, True)]
    assert tried[1].instead
    with desk.begin() as work:
        assert work.appointments.of_series(first.series_id) == (first, second, third)
    slots = {second.id: tried[0].slot, third.id: tried[1].instead[0]}
    moved = repeating.move_each(desk, slots)
    assert [one.starts for one in moved] == [slots[second.id].starts, slots[third.id].starts]


def test_visits_of_a_series_are_not_in_each_others_way_and_move_back(site: Workstation) -> None:
    desk = enter(site, DESK)
    before = series(desk)
    slot = replace(making.slot_of(before[0]), starts=before[1].starts, ends=before[1].ends)
    tried = repeating.preview_rest(desk, before[0].id, slot)
    assert [one.refusal for one in tried] == ["", "", ""]
    moved = repeating.move_each(desk, {one.before.id: one.slot for one in tried})
    assert [one.id for one in moved] == [one.id for one in before]
    assert moved[0].starts == before[1].starts
    back = repeating.move_each(desk, {one.id: making.slot_of(one) for one in before})
    assert [making.slot_of(one) for one in back] == [making.slot_of(one) for one in before]


def test_visits_that_are_no_series_are_not_moved_together(site: Workstation) -> None:
    desk = enter(site, DESK)
    first, *_ = series(desk)
    alone = book(desk, OTHER_ID, days_ahead=10)
    slots = {one.id: making.slot_of(one) for one in (first, alone)}
    with pytest.raises(NotFoundError):
        repeating.move_each(desk, slots)
