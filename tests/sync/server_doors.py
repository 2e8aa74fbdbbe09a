"""The doors of the server without a token: who gets one, and who is enrolled."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.server import database as tables
from sync.server.devices import CODE_LIFE_S, DeviceRegistry
from sync.server.tokens import ACCESS_TYPE
from tests.sync import rights
from tests.sync.rights import (
    World,
    assertion,
    fetch,
    now_s,
    pem,
)


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
