"""Tokens: the device's signed assertion in, a short access token out.

Sources: RFC 7523 (assertions), RFC 9068 (at+jwt), RFC 8725 (typ, algorithms). Only EdDSA is
read; ``jku``, ``x5u`` and ``jwk`` headers are never looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sync.server.outcomes import denied, invalid

ASSERTION_TYPE = "client-authentication+jwt"
ACCESS_TYPE = "at+jwt"
SCOPE = "system/*.cruds"
ASSERTION_LIFE_S = 300
ACCESS_LIFE_S = 600
LEEWAY_S = 120


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a good access token speaks for."""

    device: str
    clinic: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A device's claim to be itself, checked."""

    device: str
    jti: str
    expires_s: int


def device_key(pem: str) -> Ed25519PublicKey:
    """Return the Ed25519 public key of a PEM text, or answer 422."""
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError:
        raise invalid("the public key is no PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise invalid("the public key is not Ed25519")
    return key


def claimed_device(token: str) -> str:
    """Return whom an assertion claims to come from; nothing is proven by it."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise denied("the assertion is no token") from None
    return str(claims.get("iss", ""))


def check_assertion(
    token: str, key: Ed25519PublicKey, device: str, audience: str, now: datetime
) -> Assertion:
    """Return the checked assertion of that device, or answer 401.

    Its lifetime is at most 5 min. That its ``jti`` is used once is for the caller to see to.
    """
    claims = _decode(token, key, ASSERTION_TYPE, audience=audience, issuer=device)
    if claims["sub"] != device:
        raise denied("the assertion speaks for another device")
    if not isinstance(claims["jti"], str) or not 16 <= len(claims["jti"]) <= 64:
        raise denied("the assertion's jti is not 16 to 64 characters")
    expires = int(claims["exp"])
    if expires > now.timestamp() + ASSERTION_LIFE_S + LEEWAY_S:
        raise denied("the assertion lives too long")
    return Assertion(device, claims["jti"], expires)


class TokenIssuer:
    """Issues and checks access tokens under one Ed25519 key."""

    def __init__(self, key: Ed25519PrivateKey, issuer: str) -> None:
        self._key = key
        self._issuer = issuer

    def issue(self, caller: Caller, now: datetime) -> str:
        """Return an access token of 10 min for that device of that clinic."""
        issued = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": f"{self._issuer}/fhir",
            "sub": caller.device,
            "client_id": caller.device,
            "clinic": caller.clinic,
            "scope": SCOPE,
            "iat": issued,
            "exp": issued + ACCESS_LIFE_S,
            "jti": secrets.token_hex(16),
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"typ": ACCESS_TYPE})

    def check(self, token: str) -> Caller:
        """Return whom a token speaks for, or answer 401."""
        claims = _decode(
            token,
            self._key.public_key(),
            ACCESS_TYPE,
            audience=f"{self._issuer}/fhir",
            issuer=self._issuer,
        )
        if SCOPE not in str(claims.get("scope", "")).split():
            raise denied("the token's scope does not reach here")
        return Caller(str(claims["sub"]), str(claims.get("clinic", "")))


def _decode(
    token: str, key: Ed25519PublicKey, wanted_type: str, *, audience: str, issuer: str
) -> dict[str, Any]:
    try:
        if jwt.get_unverified_header(token).get("typ") != wanted_type:
            raise denied("the token is of another type")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "jti"]},
        )
    except jwt.PyJWTError as error:
        raise denied(f"the token is not good: {error}") from None
    return claims
