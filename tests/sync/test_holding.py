"""Claims about the server: nothing is held beyond its capacity, on either database."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from scheduling.places import Place, Resource, ResourceKind, VisitType, fits
from scheduling.records import Appointment, AppointmentStatus
from sync.server import database as tables
from sync.server import store as store_module
from sync.server.database import open_database
from sync.server.holding import held
from sync.wire.booking import appointment_to_fhir
from sync.wire.places import place_to_fhir, resource_to_fhir, visit_type_to_fhir
from tests.sync.conftest import KEY, Central
from tests.sync.desk import NOW, booking
from tests.sync.test_server import Client

MINUTE = timedelta(minutes=1)
ROOMS = {"prep": 2, "hall": 3}
SIZES = {"Device/mr": 1, "Location/prep": 2, "Location/hall": 3, "HealthcareService/talk": 3}


def site(client: Client) -> None:
    """Tell the server of a place with a scanner, two rooms and a group visit."""
    for body in (
        place_to_fhir(Place("lake", "Lakeside", "Europe/Paris")),
        resource_to_fhir(Resource("mr", "lake", ResourceKind.SCANNER, "Scanner")),
        *(
            resource_to_fhir(Resource(name, "lake", ResourceKind.ROOM, name, size))
            for name, size in ROOMS.items()
        ),
        visit_type_to_fhir(VisitType("talk", "Talk", 30, capacity=3)),
    ):
        assert client.put(body).status_code == 201


@pytest.fixture
def client(central: Central) -> Iterator[Client]:
    made = Client(central)
    site(made)
    yield made
    made.close()


def visit(ident: str, at: int = 0, minutes: int = 30, **more: Any) -> dict[str, Any]:
    starts = NOW + at * MINUTE
    made = Appointment(
        ident,
        "p",
        "dr-1",
        starts,
        starts + minutes * MINUTE,
        AppointmentStatus.BOOKED,
        "desk",
        NOW,
        place_id="lake",
    )
    return appointment_to_fhir(replace(made, **more), ROOMS)


def test_a_scanner_is_held_once_whoever_uses_it(client: Client) -> None:
    assert client.put(visit("a", resource_ids=("mr",))).status_code == 201
    rival = client.put(visit("b", practitioner_id="dr-2", resource_ids=("mr",)))
    assert rival.status_code == 409
    assert "scanner" in rival.json()["issue"][0]["diagnostics"]
    assert client.get("Appointment/b").status_code == 404
    assert client.put(visit("c", practitioner_id="dr-2")).status_code == 201


def test_a_room_for_two_takes_two_and_the_place_itself_is_never_full(client: Client) -> None:
    for number in range(2):
        one = visit(f"{number}", practitioner_id=f"dr-{number}", resource_ids=("prep",))
        assert client.put(one).status_code == 201
    third = visit("x", practitioner_id="dr-x", resource_ids=("prep",))
    assert client.put(third).status_code == 409
    assert client.put(visit("y", practitioner_id="dr-y")).status_code == 201


def test_a_group_is_as_large_as_its_kind_of_visit_says_whatever_is_claimed(client: Client) -> None:
    for number in range(3):
        one = visit(f"{number}", visit_type_id="talk", capacity=99)
        assert client.put(one).status_code == 201
    assert client.put(visit("x", visit_type_id="talk", capacity=99)).status_code == 409
    assert client.put(visit("y", 60, visit_type_id="unknown", capacity=9)).status_code == 201
    assert client.put(visit("z", 60, visit_type_id="unknown", capacity=9)).status_code == 409


def test_buffers_hold_and_an_overbooked_visit_is_taken_and_may_arrive(central: Central) -> None:
    client = Client(central, may_overbook=True)
    site(client)
    assert client.put(visit("a", after_minutes=10)).status_code == 201
    assert client.put(visit("b", 35)).status_code == 409
    extra = visit("b", 35, exception="ward")
    assert client.put(extra, op="again").status_code == 201
    arrived = client.put({**extra, "status": "arrived"}, base="1")
    assert arrived.status_code == 200
    first = {**visit("a", after_minutes=10), "status": "arrived"}
    assert client.put(first, base="1").status_code == 200
    assert client.put(visit("c", 50)).status_code == 409
    client.close()


def test_only_a_workstation_with_that_right_books_outside_the_rules(central: Central) -> None:
    """The right is asked for where time is taken; whoever may not may still cancel."""
    clinic = f"rights-{uuid.uuid4()}"
    desk, kiosk = Client(central, clinic, may_overbook=True), Client(central, clinic)
    extra = visit("a", exception="ward")
    refused = kiosk.put(extra, op="kiosk")
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (409, "forbidden")
    assert kiosk.get("Appointment/a").status_code == 404
    assert desk.put(extra, op="desk").status_code == 201
    later = visit("a", 60, exception="ward")
    assert kiosk.put(later, base="1", op="kiosk2").status_code == 409
    assert kiosk.put({**extra, "status": "arrived"}, base="1", op="kiosk3").status_code == 200
    assert kiosk.put({**extra, "status": "cancelled"}, base="2", op="kiosk4").status_code == 200
    assert central.devices.allow_overbooking(kiosk.transport._device_id, allowed=True)
    assert kiosk.put(visit("b", exception="ward"), op="kiosk5").status_code == 201
    assert central.devices.allow_overbooking(kiosk.transport._device_id, allowed=False)
    assert kiosk.put(visit("c", exception="ward"), op="kiosk6").status_code == 409
    assert not central.devices.allow_overbooking("nobody", allowed=True)
    for one in (desk, kiosk):
        one.close()


def test_a_moved_visit_is_checked_at_its_new_time_and_frees_the_old(client: Client) -> None:
    client.put(visit("a", resource_ids=("mr",)))
    client.put(visit("b", 60, resource_ids=("mr",)))
    assert client.put(visit("a", 45, resource_ids=("mr",)), base="1").status_code == 409
    assert client.put(visit("a", 120, resource_ids=("mr",)), base="1").status_code == 200
    assert client.put(visit("c", resource_ids=("mr",))).status_code == 201


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("before-minutes", -1),
        ("after-minutes", 10**6),
        ("group-capacity", 0),
        ("group-capacity", "9"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(client: Client, name: str, value: object) -> None:
    body = visit("a")
    body["extension"].append(
        {"url": body["extension"][0]["url"].rpartition("/")[0] + f"/{name}", "valueInteger": value}
    )
    assert client.put(body).status_code == 422


def test_sixteen_rivals_for_one_scanner_leave_one_booked(central: Central) -> None:
    clinic = f"scanner-{uuid.uuid4()}"
    clients = [Client(central, clinic) for _ in range(16)]
    site(clients[0])
    start = threading.Barrier(16)

    def book(number: int) -> int:
        start.wait(timeout=30)
        body = visit(f"a{number}", practitioner_id=f"dr-{number}", resource_ids=("mr",))
        return clients[number].put(body, op=f"op{number}").status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(book, range(16)))
    assert statuses == [201] + [409] * 15
    for client in clients:
        client.close()


def some_visit(random: Random, ident: str) -> dict[str, Any]:
    group = random.random() < 0.3
    return visit(
        ident,
        random.randrange(12) * 10,
        30 if group else random.choice([10, 30, 45]),
        practitioner_id=random.choice(["dr-1", "dr-1", "dr-2"]),
        resource_ids=tuple(random.sample(["mr", "prep", "hall"], random.randrange(3))),
        before_minutes=random.choice([0, 5]),
        capacity=3 if group else 1,
        visit_type_id="talk" if group else "",
    )


def disagreements(client: Client, seed: int) -> int:
    """Put random visits, new and moved; count where server and rule differ."""
    random, kept, versions, wrong = Random(seed), dict[str, Any](), dict[str, int](), 0

    def capacity(kind: str, ident: str) -> int:
        return SIZES.get(f"{kind}/{ident}", 1)

    for number in range(30):
        ident = f"a-{random.randrange(10)}"
        body = some_visit(random, ident)
        others = [row for key, one in kept.items() if key != ident for row in held(one, capacity)]
        fine = all(fits(row, others) for row in held(body, capacity))
        base = str(versions.get(ident, ""))
        done = client.put(body, base=base, op=f"op-{seed}-{number}").status_code < 300
        wrong += done != fine
        if done:
            if kept.get(ident) != body:
                versions[ident] = versions.get(ident, 0) + 1
            kept[ident] = body
    return wrong


@pytest.mark.parametrize("seed", [1, 2])
def test_the_server_refuses_exactly_what_the_rule_refuses(client: Client, seed: int) -> None:
    assert disagreements(client, seed) == 0


def test_a_server_without_the_rule_is_noticed(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(store_module, "fits", lambda row, others: True)
    assert disagreements(client, 1) > 0


def test_a_server_from_before_keeps_what_was_held(tmp_path: Path) -> None:
    """The table of the version before held practitioners only."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = open_database(url, KEY)
    with database.write() as connection:
        connection.execute(tables.clinic.insert().values(id="c", name="c", seq=0))
        connection.execute(sa.text("DROP TABLE holding"))
        connection.execute(
            sa.text(
                "CREATE TABLE occupancy (clinic TEXT, practitioner TEXT, appointment TEXT,"
                " starts_us INTEGER, ends_us INTEGER)"
            )
        )
        connection.execute(sa.text("INSERT INTO occupancy VALUES ('c', 'dr-1', 'a', 10, 20)"))
    database.close()
    for _ in range(2):
        database = open_database(url, KEY)
        with database.read() as connection:
            rows = connection.execute(sa.select(tables.holding)).all()
            assert not sa.inspect(connection).has_table("occupancy")
        assert [tuple(row) for row in rows] == [
            ("c", "Practitioner/dr-1", "a", 10, 20, 1, "", False)
        ]
        database.close()


def test_workstations_from_before_the_right_was_asked_for_have_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = open_database(url, KEY)
    with database.write() as connection:
        for table in ("code", "device"):
            connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN may_overbook"))
        connection.execute(tables.clinic.insert().values(id="c", name="c", seq=0))
        old = sa.text("INSERT INTO device VALUES ('old', 'c', 'key', 0, 1)")
        connection.execute(old)
    database.close()
    database = open_database(url, KEY)
    with database.read() as connection:
        assert connection.execute(sa.select(tables.device.c.may_overbook)).scalar_one() is True
    database.close()


def test_a_workstation_of_the_version_before_books_beside_new_ones(client: Client) -> None:
    assert client.put(booking("old")).status_code == 201
    assert client.put(visit("new", 60, practitioner_id="dr-1")).status_code == 409
