"""The server's part of the matrix of rights: every caller, every route, over HTTP.

And that every single question counts: with any one of them taken out of the server, in memory, a
cell of the matrix or one of the claims below is wrong.
"""

from __future__ import annotations

import ast
import importlib
import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.routing import Route

import sync.server
from scheduling.records import Availability
from sync.records import Block
from sync.server import database as tables
from sync.server.devices import CODE_LIFE_S, DeviceRegistry
from sync.server.tokens import ACCESS_TYPE, Caller
from sync.wire.booking import availability_to_fhir
from sync.wire.datatypes import extension, instant, tagged
from sync.wire.leases import leases_from_fhir, request_to_fhir
from sync.wire.people import practitioner_to_fhir
from tests.sync import rights
from tests.sync.rights import (
    ACTS,
    CALLERS,
    OWN,
    World,
    answer,
    assertion,
    bearer,
    expected,
    fetch,
    now_s,
    open_world,
    pem,
    resource,
)
from tests.sync.samples import PRACTITIONER

FOLDER = Path(sync.server.__path__[0])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = open_world(tmp_path_factory.mktemp("rights"))
    yield made
    made.stop()


def cell(world: World, caller: str, act: str) -> str:
    """Return what is wrong with one cell, or an empty text."""
    got = answer(ACTS[act].do(world, CALLERS[caller](world)))
    allowed = expected(caller, ACTS[act])
    return "" if got in allowed else f"{caller}, {act}: {got} and not {sorted(allowed)}"


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("caller", sorted(CALLERS))
def test_every_cell_of_the_matrix_over_http(world: World, caller: str, act: str) -> None:
    assert cell(world, caller, act) == ""


def test_the_own_workstation_reaches_what_it_keeps(world: World) -> None:
    reading = [
        name
        for name in ACTS
        if name != "search Slot" and name.split()[0] in {"search", "read", "history", "version"}
    ]
    for name in set(reading) - {"history from a mark", "history from a cursor"}:
        assert answer(ACTS[name].do(world, CALLERS[OWN](world))) == "reached", name


def test_every_route_of_the_server_is_in_the_matrix(world: World) -> None:
    assert world.app is not None
    routes = {
        f"{method} {route.path}"
        for route in world.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    free = {"POST /enrol", "POST /token", "GET /fhir/metadata"}
    assert routes - free == {act.route for act in ACTS.values()} - {"not offered"}


# The doors without a token: who gets one, and who is enrolled


def status(response: requests.Response) -> int:
    return response.status_code


def _enrol(world: World, code: str) -> int:
    form = {"code": code, "public_key": pem(Ed25519PrivateKey.generate())}
    return status(requests.post(f"{world.url}/enrol", data=json.dumps(form), timeout=10))


def _unlocked(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(tables.lockout.delete())


def _wrong_code(world: World) -> int:
    _unlocked(world)
    return _enrol(world, secrets.token_hex(16))


def _used_code(world: World) -> int:
    _unlocked(world)
    code = world.devices.make_code("a")
    _enrol(world, code)
    return _enrol(world, code)


def _old_code(world: World) -> int:
    _unlocked(world)
    then = datetime.now(UTC) - timedelta(seconds=CODE_LIFE_S + 60)
    return _enrol(world, DeviceRegistry(world.database, lambda: then).make_code("a"))


def _guessing(world: World) -> int:
    _unlocked(world)
    for _ in range(4):
        _enrol(world, secrets.token_hex(16))
    given = _enrol(world, world.devices.make_code("a"))
    _unlocked(world)
    return given


def _twice(world: World) -> int:
    claim = assertion(world, world.own)
    fetch(world, claim)
    return status(fetch(world, claim))


def _forged(**changed: Any) -> Callable[[World], int]:
    return lambda w: status(fetch(w, assertion(w, w.own, **changed)))


DOORS: dict[str, tuple[Callable[[World], int], int]] = {
    "an enrolled workstation gets a token": (_forged(), 200),
    "a claim is used once": (_twice, 401),
    "not with another's key": (
        lambda w: status(fetch(w, assertion(w, w.own, key=w.other.key))),
        401,
    ),
    "not a revoked workstation": (lambda w: status(fetch(w, assertion(w, w.revoked))), 401),
    "not an unknown device": (_forged(iss="nowhere", sub="nowhere"), 401),
    "not for another": (lambda w: status(fetch(w, assertion(w, w.own, sub=w.other.id))), 401),
    "not without a claim": (lambda w: status(fetch(w, "")), 401),
    "not for what is no claim": (lambda w: status(fetch(w, "a.b.c")), 401),
    "not for a claim of another type": (_forged(kind=ACCESS_TYPE), 401),
    "not for a claim to another server": (_forged(aud="https://elsewhere/token"), 401),
    "not for a claim of yesterday": (_forged(iat=now_s() - 9_000, exp=now_s() - 8_000), 401),
    "not for a claim that lives on": (_forged(exp=now_s() + 90_000), 401),
    "not for a claim without a number": (_forged(jti=None), 401),
    "not for a claim with a short number": (_forged(jti="1"), 401),
    "not by another grant": (
        lambda w: status(fetch(w, assertion(w, w.own), grant_type="password")),
        401,
    ),
    "not by another kind of claim": (
        lambda w: status(fetch(w, assertion(w, w.own), client_assertion_type="saml")),
        401,
    ),
    "no enrolment by a wrong code": (_wrong_code, 401),
    "no enrolment by a used code": (_used_code, 401),
    "no enrolment by an old code": (_old_code, 401),
    "no enrolment by guessing": (_guessing, 429),
    "anybody may ask what the server can do": (
        lambda w: status(w.ask("GET", "/fhir/metadata", {})),
        200,
    ),
}
for _role in rights.ROLES:
    DOORS[f"no token for a {_role} of a workstation"] = (
        lambda w, role=_role: status(  # type: ignore[misc]  # a default binds the loop's name
            fetch(w, assertion(w, w.own, key=Ed25519PrivateKey.generate(), iss=role, sub=role))
        ),
        401,
    )


@pytest.mark.parametrize("door", sorted(DOORS))
def test_who_gets_a_token_and_who_is_enrolled(world: World, door: str) -> None:
    ask, wanted = DOORS[door]
    assert ask(world) == wanted


# Two clinics on one server


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


CLINICS: dict[str, Callable[[World], bool]] = {
    "free times are each clinic's own": _free_apart,
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


@pytest.mark.parametrize("claim", sorted(CLINICS))
def test_two_clinics_on_one_server_are_apart(world: World, claim: str) -> None:
    assert CLINICS[claim](world)


# Every single question counts


MODULES = ("tokens", "leased", "devices", "store", "leasing", "slots", "application")
CALLS = {"check_active", "_check_delay", "_use_once", "check_mark", "_count_failure"}
CALLS |= {"check_may_overbook", "check_not_leased"}
KEYWORDS = {"audience", "issuer", "options"}


@dataclass(frozen=True)
class Question:
    """One question for a right in the server's source, by module and place."""

    module: str
    place: int
    words: str

    def __str__(self) -> str:
        return f"{self.module}.{self.place}.{self.words}"


class _Without(ast.NodeTransformer):
    """Takes the question at a place away; counts them all where the place is -1."""

    def __init__(self, place: int = -1) -> None:
        self.place = place
        self.found: list[str] = []

    def _is_it(self, words: str) -> bool:
        self.found.append("-".join(words.split())[:48])
        return len(self.found) - 1 == self.place

    def visit_Await(self, node: ast.Await) -> ast.AST:
        """A caller is whoever was enrolled first, whatever the request says."""
        if isinstance(node.value, ast.Call) and _name(node.value) == "_caller":
            if self._is_it("caller"):
                return ast.parse("_anybody(self)", mode="eval").body
            return node
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call) and _name(node.exc) == "denied":
            return ast.Pass() if self._is_it(ast.unparse(node.exc)) else node
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        named = {
            one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "")
            for one in ast.walk(node)
        }
        if named & CALLS:
            return ast.Pass() if self._is_it(ast.unparse(node)) else node
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        left = node.left
        if isinstance(left, ast.Attribute) and left.attr in {"clinic", "expires_s"}:
            differs = isinstance(node.ops[0], ast.NotEq)
            if not isinstance(node.ops[0], ast.Lt) and self._is_it(ast.unparse(node)):
                source = "False" if differs else "sa.true()"
                return ast.parse(source, mode="eval").body
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "is_":
            asked = self._is_it(ast.unparse(node))
            return ast.parse("sa.true()", mode="eval").body if asked else node
        if ast.unparse(node.func) == "jwt.decode":
            for keyword in [one for one in node.keywords if one.arg in KEYWORDS]:
                if len(node.args) > 1 and self._is_it(f"decode {keyword.arg}"):
                    node.keywords.remove(keyword)
        return self.generic_visit(node)


def _name(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _tree(module: str) -> ast.Module:
    return ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))


def questions() -> Iterator[Question]:
    for module in MODULES:
        counting = _Without()
        counting.visit(_tree(module))
        for place, words in enumerate(counting.found):
            yield Question(module, place, words)


def _anybody(server: Any) -> object:
    """The caller of a server that does not ask: the first workstation."""
    with server._devices._database.read() as connection:
        first = connection.execute(sa.select(tables.device).order_by(tables.device.c.clinic)).all()
    own = next(one for one in first if one.active)
    return Caller(own.id, own.clinic)


def without(question: Question | None) -> rights.Make:
    """Return the maker of a server that no longer asks that question."""
    made: dict[str, dict[str, Any]] = {}
    for module in MODULES:
        tree: ast.AST = _tree(module)
        if question is not None and module == question.module:
            tree = ast.fix_missing_locations(_Without(question.place).visit(tree))
        real = importlib.import_module(f"sync.server.{module}")
        names: dict[str, Any] = {"__name__": real.__name__, "_anybody": _anybody}
        exec(compile(tree, real.__file__ or module, "exec"), names)  # type: ignore[arg-type]
        for earlier in made.values():
            same = {name for name in names if name in earlier and not name.startswith("__")}
            names.update({name: earlier[name] for name in same if _is_of(earlier, earlier[name])})
        made[module] = names
    make: rights.Make = made["application"]["create_app"]
    return make


def _is_of(names: dict[str, Any], value: object) -> bool:
    return getattr(value, "__module__", "") == names["__name__"]


QUICK = ("read Patient", "new Patient", "history of all", "search Patient")


def what_is_wrong(folder: Path, make: rights.Make) -> str:
    """Return the first thing that is wrong with a server, or an empty text."""
    try:
        world = open_world(folder, make)
    except Exception as error:  # a server that cannot even be set up is noticed
        return f"not set up: {type(error).__name__}"
    try:
        return next(_faults(world), "")
    finally:
        world.stop()


def _faults(world: World) -> Iterator[str]:
    for act in (*QUICK, *(set(ACTS) - set(QUICK))):
        for caller in CALLERS:
            if wrong := cell(world, caller, act):
                yield wrong
        if act == QUICK[-1]:
            yield from (name for name, (ask, wanted) in DOORS.items() if ask(world) != wanted)
            yield from (name for name, holds in CLINICS.items() if not holds(world))


QUESTIONS = list(questions())


def test_the_questions_of_the_server_are_found() -> None:
    text = "".join((FOLDER / f"{module}.py").read_text("utf-8") for module in MODULES)
    asked = [one.words for one in QUESTIONS]
    assert asked.count("caller") == text.count("await self._caller(request)") == 9
    assert sum(one.startswith("denied") for one in asked) == text.count("raise denied(")
    assert sum(".c.clinic-==" in one for one in asked) == text.count(".c.clinic ==")


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_single_question_taken_away_is_noticed(question: Question, tmp_path: Path) -> None:
    assert what_is_wrong(tmp_path, without(question))


def test_the_server_as_it_is_has_nothing_wrong(tmp_path: Path) -> None:
    """Made in the same way with every question in place: the check itself does not cry wolf."""
    assert what_is_wrong(tmp_path, without(None)) == ""
