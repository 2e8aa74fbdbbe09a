"""Who may do what at the central server: everybody who may knock, and every act, over HTTP.

People have no rights of their own at the server: whoever is a doctor, a patient, a receptionist or
an administrator of a workstation is nobody here. Only an enrolled workstation is somebody, and
only for its own clinic.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette

from scheduling.places import Place, Resource, ResourceKind, VisitType
from scheduling.records import Availability
from sync.server.application import ASSERTION_GRANT, create_app
from sync.server.database import Database, open_database
from sync.server.devices import DeviceRegistry
from sync.server.tokens import ACCESS_TYPE, ASSERTION_TYPE, SCOPE
from sync.wire.booking import availability_to_fhir
from sync.wire.datatypes import tagged
from sync.wire.leases import request_to_fhir
from sync.wire.people import patient_to_fhir, practitioner_to_fhir
from sync.wire.places import place_to_fhir, resource_to_fhir, visit_type_to_fhir
from sync.wire.reports import report_to_fhir
from tests.sync.conftest import KEY, RunningServer
from tests.sync.desk import booking
from tests.sync.samples import PATIENT, PRACTITIONER, draft, sign

TYPES = (
    *("Appointment", "DiagnosticReport", "Patient", "Practitioner", "Schedule"),
    *("Device", "HealthcareService", "Location"),
)
ROLES = ("doctor", "patient", "receptionist", "administrator")
SECRET = "Canary-of-the-first-clinic"
Make = Callable[..., Starlette]


def resource(kind: str, ident: str, mark: str = SECRET) -> dict[str, Any]:
    """Return a resource of a type whose text bears a mark."""
    made: dict[str, Any] = {
        "Appointment": lambda: booking(ident),
        "DiagnosticReport": lambda: report_to_fhir(
            sign(draft(ident, mark)), patient=PATIENT, practitioner=PRACTITIONER
        ),
        "Patient": lambda: patient_to_fhir(replace(PATIENT, id=ident, name=mark)),
        "Practitioner": lambda: practitioner_to_fhir(replace(PRACTITIONER, id=ident, name=mark)),
        "Schedule": lambda: availability_to_fhir(
            Availability(ident, f"dr-{ident}", 0, time(9), time(12), 30, date(2026, 1, 1))
        ),
        "Device": lambda: resource_to_fhir(Resource(ident, "lake", ResourceKind.SCANNER, mark)),
        "HealthcareService": lambda: visit_type_to_fhir(VisitType(ident, mark, 30)),
        "Location": lambda: place_to_fhir(Place(ident, mark, "UTC")),
    }[kind]()
    if kind == "Appointment":
        made["comment"] = mark
        for one in made["participant"]:
            reference = one["actor"]["reference"]
            if reference.startswith("Practitioner/"):
                one["actor"]["reference"] = f"Practitioner/dr-{ident}"
    if kind == "Schedule":
        made["comment"] = mark
    return made


@dataclass
class Device:
    """An enrolled workstation: its id, its key and an access token fetched with it."""

    id: str
    clinic: str
    key: Ed25519PrivateKey
    token: str = ""


@dataclass
class World:
    """A server with two clinics; ``kept`` is the first clinic's, which others must not reach."""

    url: str
    database: Database
    devices: DeviceRegistry
    issuer: Ed25519PrivateKey
    own: Device
    other: Device
    revoked: Device
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    mark: str = ""
    app: Starlette | None = None
    stop: Callable[[], None] = lambda: None

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: object = None, **more: str
    ) -> requests.Response:
        data = json.dumps(body) if body is not None else None
        return requests.request(
            method, f"{self.url}{path}", headers={**headers, **more}, data=data, timeout=10
        )


def open_world(folder: Path, make: Make = create_app) -> World:
    """Start a server of that make, with two clinics that keep something."""
    database_url = f"sqlite:///{folder / f'{uuid.uuid4()}.db'}"
    issuer = Ed25519PrivateKey.generate()
    apps: list[Starlette] = []

    def make_app(url: str) -> Starlette:
        apps.append(make(database_url, database_key=KEY, public_url=url, signing_key=issuer))
        return apps[0]

    running = RunningServer(make_app)
    database = open_database(database_url, KEY)
    devices = DeviceRegistry(database, lambda: datetime.now(UTC))
    try:
        own, other, revoked = (_enrol(running.url, devices, name) for name in ("a", "b", "a"))
    except BaseException:
        running.stop()
        database.close()
        raise

    def stop() -> None:
        running.stop()
        database.close()

    world = World(running.url, database, devices, issuer, own, other, revoked)
    world.app, world.stop = apps[0], stop
    try:
        _fill(world)
    except BaseException:
        stop()
        raise
    return world


def _fill(world: World) -> None:
    own, other, revoked = world.own, world.other, world.revoked
    for device in (own, other, revoked):
        device.token = fetch(world, assertion(world, device)).json().get("access_token", "")
    world.devices.revoke(revoked.id)
    for kind in TYPES:
        body = resource(kind, f"kept-{kind.lower()}")
        answer = world.ask("PUT", f"/fhir/{kind}/{body['id']}", bearer(own.token), body)
        world.kept[kind] = answer.json()
        world.mark = answer.headers.get("X-Mark", "")
        theirs = resource(kind, f"theirs-{kind.lower()}", "second clinic")
        world.ask("PUT", f"/fhir/{kind}/{theirs['id']}", bearer(other.token), theirs)


def _enrol(url: str, devices: DeviceRegistry, clinic: str) -> Device:
    key = Ed25519PrivateKey.generate()
    form = {"code": devices.make_code(clinic), "public_key": pem(key)}
    told = requests.post(f"{url}/enrol", data=json.dumps(form), timeout=10).json()
    return Device(told["device"], told["clinic"], key)


def pem(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return raw.decode()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def now_s() -> int:
    return int(datetime.now(UTC).timestamp())


def assertion(
    world: World,
    device: Device,
    *,
    key: Ed25519PrivateKey | None = None,
    kind: str = ASSERTION_TYPE,
    **changed: Any,
) -> str:
    """Return a device's signed claim to be itself, with some of its claims changed."""
    claims = {
        "iss": device.id,
        "sub": device.id,
        "aud": f"{world.url}/token",
        "iat": now_s(),
        "exp": now_s() + 120,
        "jti": secrets.token_hex(16),
        **changed,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key or device.key, algorithm="EdDSA", headers={"typ": kind})


def fetch(world: World, claim: str, **changed: str) -> requests.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_GRANT,
        "client_assertion": claim,
        **changed,
    }
    return requests.post(f"{world.url}/token", data=form, timeout=10)


def access(
    world: World,
    *,
    key: Any = None,
    kind: str = ACCESS_TYPE,
    algorithm: str = "EdDSA",
    **changed: Any,
) -> dict[str, str]:
    """Return the header of an access token like those of the server, with something changed."""
    claims = {
        "iss": world.url,
        "aud": f"{world.url}/fhir",
        "sub": world.own.id,
        "client_id": world.own.id,
        "clinic": world.own.clinic,
        "scope": SCOPE,
        "iat": now_s(),
        "exp": now_s() + 300,
        "jti": secrets.token_hex(16),
        **changed,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    signer = world.issuer if key is None else key
    return bearer(jwt.encode(claims, signer, algorithm=algorithm, headers={"typ": kind}))


def person(world: World, role: str, *, by_password: bool) -> dict[str, str]:
    """Return how somebody of a workstation may knock: by name and password, or by the own key."""
    if by_password:
        secret = base64.b64encode(f"{role}:a long enough sentence 7".encode()).decode()
        return {"Authorization": f"Basic {secret}"}
    key = Ed25519PrivateKey.generate()
    return access(world, key=key, sub=role, client_id=role, role=role)


CALLERS: dict[str, Callable[[World], dict[str, str]]] = {
    "own workstation": lambda w: bearer(w.own.token),
    "workstation of another clinic": lambda w: bearer(w.other.token),
    "revoked workstation": lambda w: bearer(w.revoked.token),
    "nobody": lambda _: {},
    "no token": lambda _: {"Authorization": "Bearer "},
    "the token under another scheme": lambda w: {"Authorization": f"Token {w.own.token}"},
    "another clinic's device that claims this clinic": lambda w: access(w, sub=w.other.id),
    "unknown device": lambda w: access(w, sub="nowhere"),
    "token of another key": lambda w: access(w, key=Ed25519PrivateKey.generate()),
    "token without a signature": lambda w: access(w, key="", algorithm="none"),
    "token signed with the public key as a secret": lambda w: access(
        w, key=w.issuer.public_key().public_bytes_raw(), algorithm="HS256"
    ),
    "token of another type": lambda w: access(w, kind="lease+jwt"),
    "token of another scope": lambda w: access(w, scope="patient/*.r"),
    "token for another server": lambda w: access(w, aud="https://elsewhere/fhir"),
    "token of another issuer": lambda w: access(w, iss="https://elsewhere"),
    "token of yesterday": lambda w: access(w, iat=now_s() - 90_000, exp=now_s() - 86_400),
    "token without an end": lambda w: access(w, exp=None),
    "token without a number": lambda w: access(w, jti=None),
    **{
        f"{role} by {'password' if by_password else 'own key'}": (
            lambda w, role=role, by_password=by_password: person(w, role, by_password=by_password)
        )
        for role in ROLES
        for by_password in (True, False)
    },
}
OWN, OTHER = "own workstation", "workstation of another clinic"


@dataclass(frozen=True)
class Act:
    """One act: the route it goes through, how it is done, and what another clinic gets."""

    route: str
    do: Callable[[World, Mapping[str, str]], requests.Response]
    elsewhere: str = "nothing"


def _overwrite(kind: str, w: World, h: Mapping[str, str]) -> requests.Response:
    body = w.kept[kind]
    ident = f"/fhir/{kind}/{body['id']}"
    return w.ask("PUT", ident, h, body, **{"If-Match": f'W/"{body["meta"]["versionId"]}"'})


def _new(kind: str, w: World, h: Mapping[str, str]) -> requests.Response:
    body = resource(kind, str(uuid.uuid4()), "new")
    return w.ask("PUT", f"/fhir/{kind}/{body['id']}", h, body)


def _after_mark(w: World, h: Mapping[str, str]) -> requests.Response:
    body = resource("Patient", str(uuid.uuid4()), "new")
    return w.ask("PUT", f"/fhir/Patient/{body['id']}", h, body, **{"X-Mark": w.mark})


def _repeat(w: World, h: Mapping[str, str]) -> requests.Response:
    """Do twice what has an operation id; each clinic has its own ids."""
    body = tagged(resource("Patient", "repeated", "repeated"), "operation-1")
    w.ask("PUT", "/fhir/Patient/repeated", h, body)
    return w.ask("PUT", "/fhir/Patient/repeated", h, body)


def _transaction(w: World, h: Mapping[str, str]) -> requests.Response:
    body = resource("Patient", str(uuid.uuid4()), "new")
    entry = {"request": {"method": "PUT", "url": f"Patient/{body['id']}"}, "resource": body}
    return w.ask(
        "POST", "/fhir", h, {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    )


def _lease(w: World, h: Mapping[str, str]) -> requests.Response:
    return w.ask("POST", "/fhir/$lease", h, request_to_fhir([]))


def _by_type(kind: str) -> dict[str, Act]:
    one = f"/fhir/{kind}/kept-{kind.lower()}"
    return {
        f"search {kind}": Act("GET /fhir/{type}", lambda w, h: w.ask("GET", f"/fhir/{kind}", h)),
        f"read {kind}": Act("GET /fhir/{type}/{id}", lambda w, h: w.ask("GET", one, h), "absent"),
        f"history of {kind}": Act(
            "GET /fhir/{type}/{id}/_history",
            lambda w, h: w.ask("GET", f"{one}/_history", h),
            "absent",
        ),
        f"version of {kind}": Act(
            "GET /fhir/{type}/{id}/_history/{version}",
            lambda w, h: w.ask("GET", f"{one}/_history/1", h),
            "absent",
        ),
        f"overwrite {kind}": Act(
            "PUT /fhir/{type}/{id}", lambda w, h: _overwrite(kind, w, h), "outdated"
        ),
        f"new {kind}": Act("PUT /fhir/{type}/{id}", lambda w, h: _new(kind, w, h)),
        f"delete {kind}": Act("not offered", lambda w, h: w.ask("DELETE", one, h), "not offered"),
    }


ACTS: dict[str, Act] = {
    **{name: act for kind in TYPES for name, act in _by_type(kind).items()},
    "history of all": Act("GET /fhir/_history", lambda w, h: w.ask("GET", "/fhir/_history", h)),
    "history from a mark": Act(
        "GET /fhir/_history",
        lambda w, h: w.ask("GET", "/fhir/_history", h, **{"X-Mark": w.mark}),
        "gone",
    ),
    "history from a cursor": Act(
        "GET /fhir/_history",
        lambda w, h: w.ask("GET", f"/fhir/_history?_cursor={w.mark}", h),
        "gone",
    ),
    "new Patient after a mark": Act("PUT /fhir/{type}/{id}", _after_mark, "gone"),
    "repeat an operation": Act("PUT /fhir/{type}/{id}", _repeat),
    "transaction": Act("POST /fhir", _transaction),
    "search Slot": Act("GET /fhir/Slot", lambda w, h: w.ask("GET", "/fhir/Slot", h)),
    "lease time": Act("POST /fhir/$lease", _lease),
    "lease time after a mark": Act(
        "POST /fhir/$lease", lambda w, h: _lease(w, {**h, "X-Mark": w.mark}), "gone"
    ),
}

ANSWERS = {401: "refused", 404: "absent", 405: "not offered", 409: "conflict", 410: "gone"}


def answer(response: requests.Response) -> str:
    """Return in a word what came back: reached the first clinic's data, or how it did not."""
    if SECRET in response.text:
        return "reached"
    if response.ok:
        return "nothing"
    return {**ANSWERS, 412: "outdated"}.get(response.status_code, f"{response.status_code}")


def expected(caller: str, act: Act) -> set[str]:
    """Return what the matrix allows this caller to get for this act."""
    if act.route == "not offered":
        return {"not offered"}
    if caller == OWN:
        return {"reached", "nothing"}
    return {act.elsewhere} if caller == OTHER else {"refused"}


def cell(world: World, caller: str, act: str) -> str:
    """Return what is wrong with one cell, or an empty text."""
    got = answer(ACTS[act].do(world, CALLERS[caller](world)))
    allowed = expected(caller, ACTS[act])
    return "" if got in allowed else f"{caller}, {act}: {got} and not {sorted(allowed)}"
