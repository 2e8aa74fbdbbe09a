"""What must hold between two clinics on one server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import requests

from scheduling.records import Availability
from sync.records import Block
from sync.wire.booking import availability_to_fhir
from sync.wire.datatypes import extension, instant, tagged
from sync.wire.leases import leases_from_fhir, request_to_fhir
from sync.wire.people import practitioner_to_fhir
from tests.sync import rights
from tests.sync.rights import (
    World,
    assertion,
    bearer,
    fetch,
    resource,
)
from tests.sync.samples import PRACTITIONER


def _put(world: World, token: str, body: dict[str, Any], base: str = "") -> requests.Response:
    headers = bearer(token) | ({"If-Match": f'W/"{base}"'} if base else {})
    return world.ask("PUT", f"/fhir/{body['resourceType']}/{body['id']}", headers, body)


def _same_operation(world: World) -> bool:
    name = f"op-{uuid.uuid4()}"
    first = _put(world, world.own.token, tagged(resource("Patient", f"1{name}"), name))
    second = _put(world, world.other.token, tagged(resource("Patient", f"2{name}", "x"), name))
    return first.status_code == 201 and second.status_code == 201


def _refused_apart(world: World) -> bool:
    name, own, other = f"op-{uuid.uuid4()}", world.own.token, world.other.token
    for token in (own, other):
        _put(world, token, resource("Patient", name, "one"))
    changed = tagged(resource("Patient", name, "two"), name)
    for token in (other, own):
        if _put(world, token, changed).status_code != 412:
            return False
    return _put(world, own, changed, base="1").status_code == 409


def _time_apart(world: World) -> bool:
    name = f"b-{uuid.uuid4()}"
    own = resource("Appointment", name, "x")
    tokens = (world.own.token, world.other.token)
    bodies = (own, {**own, "id": f"n-{name}"}, own)
    return [
        _put(world, token, body).status_code
        for token, body in zip((*tokens, world.other.token), bodies, strict=True)
    ] == [201, 201, 409]


def _occupied(world: World) -> bool:
    """A booking of the same name in two clinics holds its time in both."""
    name = f"o-{uuid.uuid4()}"
    body = resource("Appointment", name, "x")
    tokens = (world.own.token, world.other.token)
    for token in tokens:
        _put(world, token, body)
    rival = {**body, "id": f"r-{name}"}
    return [_put(world, token, rival).status_code for token in tokens] == [409, 409]


def _once_each(world: World) -> bool:
    found = world.ask("GET", "/fhir/Patient?_count=1000", bearer(world.own.token)).json()
    ids = [one["resource"]["id"] for one in found["entry"]]
    return len(ids) == len(set(ids))


def _own_history(world: World) -> bool:
    path = "/fhir/_history?_count=1000"
    found = world.ask("GET", path, bearer(world.other.token)).json()
    return all(rights.SECRET not in json.dumps(one) for one in found["entry"][:5])


def _lease(world: World, device: rights.Device, subject: str) -> requests.Response:
    morning = datetime.now(UTC).replace(hour=6) + timedelta(days=1)
    body = request_to_fhir([Block(subject, morning, morning + timedelta(hours=12))])
    return world.ask("POST", "/fhir/$lease", bearer(device.token), body)


def _tomorrow(ident: str) -> dict[str, Any]:
    """A booking of tomorrow, in the time that is leased, with a practitioner of its own."""
    starts = datetime.now(UTC).replace(hour=9) + timedelta(days=1)
    times = {"start": instant(starts), "end": instant(starts + timedelta(minutes=30))}
    return {**resource("Appointment", ident, "x"), **times}


def _newcomer(world: World) -> rights.Device:
    device = rights._enrol(world.url, world.devices, "a")
    device.token = fetch(world, assertion(world, device)).json()["access_token"]
    return device


def _leased_apart(world: World) -> bool:
    """A lease keeps a time from the own clinic's others, until its holder is revoked."""
    name = f"l-{uuid.uuid4()}"
    holder, subject = _newcomer(world), f"Practitioner/dr-{name}"
    granted = leases_from_fhir(_lease(world, holder, subject).json()).mine
    others = leases_from_fhir(_lease(world, world.own, subject).json())
    foreign = leases_from_fhir(_lease(world, world.other, subject).json())
    body = _tomorrow(name)
    statuses = [_put(world, one.token, body).status_code for one in (world.other, world.own)]
    world.devices.revoke(holder.id)
    statuses.append(_put(world, world.own.token, body).status_code)
    theirs = any(one.subject == subject for one in others.others)
    apart = theirs and not others.mine and len(foreign.mine) == len(granted) == 1
    return apart and statuses == [201, 409, 201]


def _leased_to_oneself(world: World) -> bool:
    name = f"m-{uuid.uuid4()}"
    holder = _newcomer(world)
    _lease(world, holder, f"Practitioner/dr-{name}")
    return _put(world, holder.token, _tomorrow(name)).status_code == 201


def _outside_rules(world: World) -> bool:
    """Who may not book outside the rules is refused, in either clinic."""
    name = f"x-{uuid.uuid4()}"
    body = resource("Appointment", name, "x")
    body["extension"].append(extension("booked-outside-rules", valueString="ward"))
    devices = (world.own, world.other)
    return [_put(world, one.token, body).status_code for one in devices] == [409, 409]


def _free_apart(world: World) -> bool:
    """Another clinic's bookings and leases of the same names take no free time here."""
    name = f"f-{uuid.uuid4()}"
    who = f"dr-{name}"
    starts = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(2)
    hours = Availability(
        name, who, starts.weekday(), time(9), time(10), 30, starts.date(), starts.date()
    )
    own, other = world.own.token, world.other.token
    practitioner = replace(PRACTITIONER, id=who, zone="UTC")
    for body in (availability_to_fhir(hours), practitioner_to_fhir(practitioner)):
        _put(world, own, body)
    times = {"start": instant(starts), "end": instant(starts + timedelta(minutes=30))}
    _put(world, other, {**resource("Appointment", name, "x"), **times})
    block = Block(f"Practitioner/{who}", starts, starts + timedelta(hours=1))
    world.ask("POST", "/fhir/$lease", bearer(other), request_to_fhir([block]))
    path = f"/fhir/Slot?schedule.actor={who}"
    found = world.ask("GET", path, bearer(own)).json().get("entry", [])
    theirs = world.ask("GET", path, bearer(other)).json().get("entry", [])
    return len(found) == 2 and not theirs


def _enrolled_apart(world: World) -> bool:
    """Whoever enrols in another clinic with a workstation's key ends nothing of it in its own."""
    holder = _newcomer(world)
    form = {"code": world.devices.make_code("b"), "public_key": rights.pem(holder.key)}
    told = requests.post(f"{world.url}/enrol", data=json.dumps(form), timeout=10)
    asked = world.ask("GET", "/fhir/Patient", bearer(holder.token))
    return told.status_code in {200, 201} and asked.status_code == 200


CLINICS: dict[str, Callable[[World], bool]] = {
    "free times are each clinic's own": _free_apart,
    "enrolling in one clinic ends nothing in another": _enrolled_apart,
    "a lease keeps time from the own clinic's others": _leased_apart,
    "a lease keeps nothing from its holder": _leased_to_oneself,
    "booking outside the rules is a right": _outside_rules,
    "operation ids are each clinic's own": _same_operation,
    "refusals are each clinic's own": _refused_apart,
    "a booking takes no time of another clinic": _time_apart,
    "another clinic's booking of the same name frees no time": _occupied,
    "a search tells each record once": _once_each,
    "a history holds the own clinic's records": _own_history,
}
