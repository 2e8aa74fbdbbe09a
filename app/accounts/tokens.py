"""Signed tokens for talking to the server (RFC 7519, RFC 7523, RFC 8725)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.errors import AccountError

ASSERTION = "client-authentication+jwt"
_REQUIRED = ["iss", "sub", "aud", "iat", "nbf", "exp", "jti"]
_LEEWAY_S = 60


class TokenError(AccountError):
    """A token is forged, stale, or meant for another use."""


def issue_assertion(
    private_key: Ed25519PrivateKey,
    *,
    device_id: str,
    audience: str,
    now: datetime,
    lifetime_s: int = 300,
) -> str:
    """Return a token by which this device proves itself to one server, once.

    The device is both issuer and subject (RFC 7523 section 3); ``jti`` lets the server refuse
    a second use.
    """
    claims = {
        "iss": device_id,
        "sub": device_id,
        "aud": audience,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(seconds=lifetime_s),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, private_key, algorithm="EdDSA", headers={"typ": ASSERTION})


def verify(
    token: str,
    public_key: Ed25519PublicKey,
    *,
    audience: str,
    issuer: str,
    typ: str,
    now: datetime,
) -> Mapping[str, Any]:
    """Return the claims of a sound token, or raise TokenError.

    The key and the algorithm are the caller's, whatever the token's header asks for. The times
    are held against ``now`` with a minute's leeway. ``typ`` is checked because a token of
    another kind by the same signer would pass otherwise (RFC 8725 section 3.11).
    """
    try:
        whole = jwt.decode_complete(
            token,
            public_key,
            algorithms=["EdDSA"],
            audience=audience,
            issuer=issuer,
            options={
                "require": _REQUIRED,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError as error:
        raise TokenError("The token is not valid.") from error
    claims: dict[str, Any] = whole["payload"]
    if whole["header"].get("typ") != typ:
        raise TokenError("The token is meant for another use.")
    _check_times(claims, now.timestamp())
    return claims


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    times = [claims[name] for name in ("iat", "nbf", "exp")]
    if any(isinstance(at, bool) or not isinstance(at, int | float) for at in times):
        raise TokenError("The token is not valid.")
    issued, not_before, expires = times
    if max(issued, not_before) > now + _LEEWAY_S:
        raise TokenError("The token is not valid yet.")
    if expires <= now - _LEEWAY_S:
        raise TokenError("The token has expired.")
