"""Claims about free times read from outside, by a plain HTTP client."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from fhir.resources.R4B.slot import Slot

from scheduling.places import Absence, Place, Resource, ResourceKind, VisitType
from scheduling.records import Appointment, AppointmentStatus, Availability, Practitioner
from sync.records import Block
from sync.wire.booking import appointment_to_fhir, availability_to_fhir
from sync.wire.datatypes import instant
from sync.wire.people import practitioner_to_fhir
from sync.wire.places import (
    absence_to_fhir,
    place_to_fhir,
    resource_to_fhir,
    visit_type_to_fhir,
)
from tests.sync.conftest import Central
from tests.sync.test_server import Client

DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=3)
DOCTOR = Practitioner("dr-1", "Dr. R. Noor", "Radiology", "UTC")
LAKE = Place("lake", "Lakeside", "Europe/Paris")
HOURS = Availability("hours", "dr-1", DAY.weekday(), time(9), time(11), 30, DAY.date(), DAY.date())


@pytest.fixture
def client(central: Central) -> Iterator[Client]:
    made = Client(central)
    for body in (practitioner_to_fhir(DOCTOR), availability_to_fhir(HOURS)):
        assert made.put(body).status_code == 201
    yield made
    made.close()


def told(client: Client, **query: str) -> list[str]:
    """The wall times in UTC of what a client is told is free."""
    asked = {"start": f"ge{instant(DAY)}", **query}
    answer = client._session.get(f"{client.url}/fhir/Slot", params=asked, headers=client._bearer)
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    assert bundle["type"] == "searchset"
    slots = [entry["resource"] for entry in bundle.get("entry", [])]
    for slot in slots:
        Slot.model_validate(slot)
        assert slot["status"] == "free"
    return [slot["start"][11:16] for slot in slots]


def visit(ident: str, at: str, **more: object) -> dict[str, object]:
    hour, minute = map(int, at.split(":"))
    starts = DAY + timedelta(hours=hour, minutes=minute)
    made = Appointment(
        ident, "p", "dr-1", starts, starts + timedelta(minutes=30),
        AppointmentStatus.BOOKED, "desk", DAY,
    )  # fmt: skip
    return appointment_to_fhir(replace(made, **more))


def test_what_is_booked_is_not_free_and_what_is_cancelled_is(client: Client) -> None:
    assert told(client) == ["09:00", "09:30", "10:00", "10:30"]
    client.put(visit("a", "09:30"))
    assert told(client) == ["09:00", "10:00", "10:30"]
    client.put({**visit("a", "09:30"), "status": "cancelled"}, base="1")
    assert told(client) == ["09:00", "09:30", "10:00", "10:30"]


def test_leave_and_its_end_are_heeded(client: Client) -> None:
    leave = Absence("leave", "dr-1", DAY.date(), DAY.date(), time(9), time(10))
    body = absence_to_fhir(leave, "Practitioner")
    client.put(body)
    assert told(client) == ["10:00", "10:30"]
    client.put({**body, "active": False}, base="1")
    assert told(client) == ["09:00", "09:30", "10:00", "10:30"]


def test_time_leased_to_another_is_not_free_to_outsiders(central: Central) -> None:
    name = f"slots-{uuid.uuid4()}"
    desk = Client(central, name)
    for body in (practitioner_to_fhir(DOCTOR), availability_to_fhir(HOURS)):
        desk.put(body)
    outsider = Client(central, name)
    starts = DAY + timedelta(hours=9)
    desk.transport.lease([Block("Practitioner/dr-1", starts, starts + timedelta(hours=1))])
    assert told(outsider) == ["10:00", "10:30"]
    assert told(desk) == ["09:00", "09:30", "10:00", "10:30"]
    for one in (desk, outsider):
        one.close()


def test_a_closed_place_its_zone_and_its_only_scanner_count(client: Client) -> None:
    there = replace(HOURS, id="there", place_id="lake", visit_type_ids=("mri",))
    for body in (
        place_to_fhir(LAKE),
        resource_to_fhir(Resource("mr", "lake", ResourceKind.SCANNER, "MR")),
        visit_type_to_fhir(VisitType("mri", "MRI", 60, needs=(ResourceKind.SCANNER,))),
        availability_to_fhir(there),
    ):
        client.put(body)
    found = told(client, **{"service-type": "mri", "schedule": "Schedule/there"})
    assert len(found) == 3
    assert found != ["09:00", "09:30", "10:00"]  # nine o'clock in Paris is not nine in UTC
    used = visit("m", found[0], practitioner_id="dr-2", resource_ids=("mr",))
    client.put(used)
    left = told(client, **{"service-type": "mri", "schedule": "Schedule/there"})
    assert left == found[1:]
    closed = Absence("closed", "lake", DAY.date(), DAY.date())
    client.put(absence_to_fhir(closed, "Location"))
    assert told(client, **{"service-type": "mri"}) == []


def test_a_search_is_bounded_and_says_what_it_does_not_do(client: Client) -> None:
    assert told(client, _count="2") == ["09:00", "09:30"]
    assert told(client, **{"schedule.actor": "Practitioner/nobody"}) == []
    assert told(client, **{"service-type": "unknown"}) == []
    late = [
        f"ge{instant(DAY + timedelta(hours=9, minutes=30))}",
        f"lt{instant(DAY + timedelta(1))}",
    ]
    answer = client._session.get(
        f"{client.url}/fhir/Slot", params={"start": late}, headers=client._bearer
    )
    assert len(answer.json()["entry"]) == 3
    for wrong in (
        "start=2027",
        "start=eq2027-01-01T00:00:00Z",
        "status=busy",
        "name=x",
        f"start=lt{instant(DAY + timedelta(days=90))}",
    ):
        assert client.get(f"Slot?{wrong}").status_code == 400, wrong
