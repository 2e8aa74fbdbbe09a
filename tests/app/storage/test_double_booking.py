"""Claims about double booking: the database itself refuses it, by the same rule as the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.records import SYSTEM
from app.storage.booking_tables import BOOKING_TRIGGERS
from app.storage.work import Storage, Work
from scheduling.errors import SlotTakenError
from scheduling.places import Busy, Resource, ResourceKind, fits
from scheduling.records import Appointment, AppointmentStatus
from scheduling.rules.occupancy import busy_of
from tests.app.conftest import MASTER_KEY
from tests.app.storage import records as r

MINUTE = timedelta(minutes=1)
CAPACITIES = {"mr": 1, "prep": 2, "hall": 3}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    opened = Storage(tmp_path_factory.mktemp("double"), MASTER_KEY)
    with opened.begin(SYSTEM) as work:
        for name, capacity in CAPACITIES.items():
            work.resources.put(Resource(name, "pl", ResourceKind.ROOM, name, capacity))
    yield opened
    opened.close()


@contextmanager
def passing(storage: Storage) -> Iterator[Work]:
    """A work that leaves nothing behind."""
    with storage.begin(SYSTEM) as work:
        nested = work._connection.begin_nested()
        yield work
        nested.rollback()


def raw(work: Work, statement: str) -> None:
    work._connection.execute(text(statement))


def visit(ident: str = "a", at: int = 0, minutes: int = 30, **more: object) -> Appointment:
    starts = r.NOW + at * MINUTE
    made = replace(r.APPOINTMENT, id=ident, starts=starts, ends=starts + minutes * MINUTE)
    return replace(made, **more)


def some_visit(random: Random, ident: str) -> Appointment:
    group = random.random() < 0.4
    return visit(
        ident,
        random.randrange(12) * 10,
        30 if group else random.choice([10, 30, 45]),
        practitioner_id=random.choice(["d", "d", "e"]),
        status=random.choice([*AppointmentStatus, AppointmentStatus.BOOKED]),
        resource_ids=tuple(random.sample([*CAPACITIES], random.randrange(3))),
        before_minutes=random.choice([0, 0, 5]),
        after_minutes=random.choice([0, 0, 10]),
        capacity=random.choice([2, 3]) if group else 1,
        visit_type_id=random.choice(["talk", "mri"]),
    )


def refused(work: Work, appointment: Appointment) -> bool:
    try:
        with work.attempt():
            work.appointments.put(appointment)
    except SlotTakenError:
        return True
    return False


def disagreements(work: Work, seed: int) -> int:
    """Put random appointments, new and changed; count where database and rule differ."""
    random, kept, wrong = Random(seed), dict[str, Appointment](), 0
    for _ in range(40):
        one = some_visit(random, f"a-{random.randrange(12)}")
        before = kept.get(one.id)
        held = [row for each in kept.values() for row in busy_of(each, CAPACITIES)]
        mine, was = (busy_of(x, CAPACITIES) if x else () for x in (one, before))
        clash = mine != was and not all(fits(row, held) for row in mine)
        wrong += refused(work, one) != clash
        if not clash:
            kept[one.id] = one
        stored = set(work.occupancy.between(r.NOW - 900 * MINUTE, r.NOW + 900 * MINUTE))
        wrong += stored != {row for each in kept.values() for row in busy_of(each, CAPACITIES)}
    return wrong


@pytest.mark.parametrize("seed", range(12))
def test_the_database_refuses_exactly_what_the_rule_refuses(shared: Storage, seed: int) -> None:
    with passing(shared) as work:
        assert disagreements(work, seed) == 0


@pytest.mark.parametrize("trigger", [0, 2, 3])
def test_a_missing_trigger_is_noticed(shared: Storage, trigger: int) -> None:
    with passing(shared) as work:
        raw(work, "DROP TRIGGER " + BOOKING_TRIGGERS[trigger].split()[2])
        assert disagreements(work, 1) > 0


def test_a_scanner_is_held_once_whoever_uses_it(shared: Storage) -> None:
    with passing(shared) as work:
        work.appointments.put(visit("a", resource_ids=("mr",)))
        other = visit("b", practitioner_id="e", resource_ids=("mr",))
        assert refused(work, other)
        assert work.appointments.get("b") is None
        assert not refused(work, replace(other, resource_ids=("prep",)))


def test_a_room_for_two_takes_two_at_every_instant(shared: Storage) -> None:
    with passing(shared) as work:
        for number, at in enumerate((0, 30)):
            one = visit(f"{number}", at, practitioner_id=f"d{number}", resource_ids=("prep",))
            assert not refused(work, one)
        long = visit("x", 0, 60, practitioner_id="x", resource_ids=("prep",))
        assert not refused(work, long)
        assert refused(work, visit("y", 20, 20, practitioner_id="y", resource_ids=("prep",)))


def test_preparation_and_clearing_up_hold_too(shared: Storage) -> None:
    with passing(shared) as work:
        work.appointments.put(visit("a", after_minutes=10))
        assert refused(work, visit("b", 30))
        assert refused(work, visit("b", 40, before_minutes=1))
        assert not refused(work, visit("b", 40))


def test_a_group_is_full_at_its_capacity_and_closed_to_others(shared: Storage) -> None:
    with passing(shared) as work:
        for number in range(3):
            one = visit(f"{number}", capacity=3, visit_type_id="talk")
            assert not refused(work, one)
        assert refused(work, visit("x", capacity=3, visit_type_id="talk"))
        assert refused(work, visit("x", capacity=9, visit_type_id="other"))
        assert refused(work, visit("x"))


def test_an_overbooked_visit_is_taken_and_may_arrive_but_counts_for_the_next(
    shared: Storage,
) -> None:
    with passing(shared) as work:
        work.appointments.put(visit("a"))
        work.appointments.put(visit("b", exception="emergency"))
        for name in ("a", "b"):
            known = work.appointments.get(name)
            assert known is not None
            assert not refused(work, replace(known, status=AppointmentStatus.ARRIVED))
        work.appointments.put(visit("a", status=AppointmentStatus.CANCELLED))
        assert refused(work, visit("c"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE appointment SET starts = (SELECT starts FROM appointment WHERE id = 'a'),"
        " ends = (SELECT ends FROM appointment WHERE id = 'a') WHERE id = 'b'",
        "UPDATE appointment SET practitioner_id = 'd' WHERE id = 'c'",
        "UPDATE appointment SET status = 'booked' WHERE id = 'gone'",
        "UPDATE appointment SET after_minutes = 120 WHERE id = 'a'",
        "UPDATE appointment SET resource_ids = '[\"mr\"]' WHERE id = 'c'",
        "INSERT INTO appointment SELECT 'new', patient_id, practitioner_id, starts, ends, status,"
        " booked_by, created_at, sequence, reason, place_id, visit_type_id, resource_ids,"
        " before_minutes, after_minutes, capacity, series_id, '', '' FROM appointment"
        " WHERE id = 'a'",
        "INSERT OR REPLACE INTO occupancy SELECT 'c', subject_id, starts_us, ends_us, 1, '', 0"
        " FROM occupancy WHERE appointment_id = 'a'",
        "UPDATE occupancy SET starts_us = 0 WHERE appointment_id = 'b'",
    ],
)
def test_no_statement_whatever_makes_a_double_booking(shared: Storage, statement: str) -> None:
    with passing(shared) as work:
        work.appointments.put(visit("a", resource_ids=("mr",)))
        work.appointments.put(visit("b", 60))
        work.appointments.put(visit("c", practitioner_id="e"))
        work.appointments.put(visit("gone", 10, status=AppointmentStatus.CANCELLED))
        with pytest.raises(DBAPIError, match=r"slot taken|follows appointments"):
            raw(work, statement)


def test_without_the_rule_the_same_statement_passes(shared: Storage) -> None:
    with passing(shared) as work:
        raw(work, "DROP TRIGGER occupancy_fits")
        work.appointments.put(visit("a"))
        work.appointments.put(visit("b"))
        assert len(work.occupancy.between(r.NOW, r.NOW + MINUTE)) == 2


def test_a_deleted_appointment_frees_what_it_held(shared: Storage) -> None:
    with passing(shared) as work:
        work.appointments.put(visit("a"))
        raw(work, "DELETE FROM appointment WHERE id = 'a'")
        assert work.occupancy.between(r.NOW, r.NOW + MINUTE) == ()


def test_appointments_from_before_hold_their_time_after_the_upgrade(tmp_path: Path) -> None:
    from tests.app.storage.test_older_versions import set_back  # noqa: PLC0415 - runs its fixtures else

    folder = tmp_path / "data"
    storage = Storage(folder, MASTER_KEY)
    with storage.begin(SYSTEM) as work:
        work.appointments.put(visit("a"))
        held = work.occupancy.between(r.NOW, r.NOW + MINUTE)
    set_back(storage, 14)
    storage.close()
    storage = Storage(folder, MASTER_KEY)
    with storage.begin(SYSTEM) as work:
        assert work.occupancy.between(r.NOW, r.NOW + MINUTE) == held
        assert [type(one) for one in held] == [Busy]
        assert refused(work, visit("b", 5))
    storage.close()
