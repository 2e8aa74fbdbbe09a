"""Tokens for the server: the sound one passes, every forgery does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.accounts.tokens import ASSERTION, TokenError, issue_assertion, verify

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY, OTHER_KEY = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
SERVER = "https://server.example/token"


def issued() -> str:
    return issue_assertion(KEY, device_id="ws-1", audience=SERVER, now=NOW)


def checked(token: str, now: datetime = NOW) -> Any:
    return verify(token, KEY.public_key(), audience=SERVER, issuer="ws-1", typ=ASSERTION, now=now)


def claims(**changes: Any) -> dict[str, Any]:
    sound = jwt.decode(issued(), options={"verify_signature": False})
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def signed(values: dict[str, Any], key: Ed25519PrivateKey = KEY, **header: Any) -> str:
    return jwt.encode(values, key, algorithm="EdDSA", headers={"typ": ASSERTION, **header})


def hmac_with_the_public_key() -> str:
    def part(values: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()

    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = part({"alg": "HS256", "typ": ASSERTION}) + "." + part(claims())
    mac = hmac.digest(pem, body.encode(), hashlib.sha256)
    return body + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


FORGERIES: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: jwt.encode(claims(), "", algorithm="none", headers={"typ": ASSERTION}),
    "HMAC keyed with the public key": hmac_with_the_public_key,
    "another audience": lambda: signed(claims(aud="https://elsewhere.example")),
    "another issuer": lambda: signed(claims(iss="ws-2")),
    "expired": lambda: signed(claims(exp=int((NOW - timedelta(hours=1)).timestamp()))),
    "not yet valid": lambda: signed(claims(nbf=int((NOW + timedelta(hours=1)).timestamp()))),
    "no jti": lambda: signed(claims(jti=None)),
    "another key": lambda: signed(claims(), OTHER_KEY),
    "another key, named in the header": lambda: signed(
        claims(), OTHER_KEY, jwk={"kty": "OKP"}, jku="https://evil.example/keys"
    ),
    "a lease in an assertion's place": lambda: signed(claims(), typ="lease+jwt"),
    "no typ": lambda: signed(claims(), typ=None),
    "times that are texts": lambda: signed(claims(exp="never")),
    "issued in the future": lambda: signed(claims(iat=int(NOW.timestamp()) + 3600)),
    "no token at all": lambda: "hello",
}


def test_a_sound_assertion_passes() -> None:
    got = checked(issued())
    assert (got["iss"], got["sub"], got["aud"]) == ("ws-1", "ws-1", SERVER)
    assert got["exp"] - got["iat"] == 300
    assert jwt.get_unverified_header(issued())["alg"] == "EdDSA"


def test_two_assertions_differ_in_jti() -> None:
    assert checked(issued())["jti"] != checked(issued())["jti"]


@pytest.mark.parametrize("name", FORGERIES)
def test_forgery_is_refused(name: str) -> None:
    with pytest.raises(TokenError):
        checked(FORGERIES[name]())


def test_altered_claims_break_the_signature() -> None:
    head, _, tail = issued().split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(sub="ws-9")).encode()).rstrip(b"=")
    with pytest.raises(TokenError):
        checked(f"{head}.{forged.decode()}.{tail}")


def test_an_assertion_dies_after_its_minutes() -> None:
    token = issued()
    checked(token, NOW + timedelta(seconds=299))
    with pytest.raises(TokenError, match="expired"):
        checked(token, NOW + timedelta(seconds=400))


def test_the_library_alone_would_take_a_swapped_typ() -> None:
    """Why ``verify`` looks at ``typ`` itself: the guard is not redundant."""
    token = FORGERIES["a lease in an assertion's place"]()
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    jwt.decode(token, KEY.public_key(), algorithms=["EdDSA"], audience=SERVER, options=options)
