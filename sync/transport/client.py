"""FHIR R4 REST over HTTPS with one server.

No redirects, no proxy or netrc of the environment, bounded answers, TLS checked against the
clinic's own certificate authority if one is given. Access tokens are fetched with an assertion
signed by the device's key and renewed without anybody noticing.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.errors import NotAdmittedError, PeerAwayError, RefusedError, WireError
from sync.records import Block, Envelope, Incoming, Leases, Receipt
from sync.transport.answers import Answer, fetch, meaning, new_session
from sync.wire.datatypes import listed, operation_of, tagged
from sync.wire.leases import leases_from_fhir, request_to_fhir

_ASSERTION_GRANT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE_S = 240
_RENEW_BEFORE_S = 60
_LONGEST_TOKEN_LIFE_S = 30 * 24 * 3600


class FhirTransport:
    """Implements ``sync.ports.Transport``; one device, one server, one thread at a time.

    Parameters
    ----------
    base_url
        Of the server, e.g. ``https://sync.clinic.example``; http only on the loopback address.
    device_id, private_key
        As enrolled by ``enrol``.
    ca_bundle
        PEM file of the only certificate authorities to trust; None trusts the usual ones.
    timeout
        Seconds to wait for a connection and for each part of an answer.
    session
        To send through; by default one of its own, closed by ``close``.
    """

    def __init__(
        self,
        base_url: str,
        device_id: str,
        private_key: Ed25519PrivateKey,
        *,
        ca_bundle: Path | None = None,
        timeout: float = 20.0,
        session: requests.Session | None = None,
    ) -> None:
        self._base_url = checked_url(base_url)
        self._device_id = device_id
        self._key = private_key
        self._timeout = timeout
        self._session = session or new_session(ca_bundle)
        self._token = ""
        self._renew_at = datetime.min.replace(tzinfo=UTC)
        self._skew = timedelta(0)
        self._heard = False

    @property
    def clock_skew(self) -> timedelta:
        """How far the server's clock is ahead of this machine's, by its last answer."""
        return self._skew

    def push(self, envelope: Envelope, mark: str = "") -> Receipt:
        """Write the envelope's resource on top of its base version.

        Raises
        ------
        PeerAwayError, NotAdmittedError, RefusedError, ServerRestoredError
            See sync.errors; after PeerAwayError the write may have landed.
        """
        headers = {"X-Mark": mark} if mark else {}
        if envelope.base_version:
            headers["If-Match"] = f'W/"{envelope.base_version}"'
        path = _path(envelope.resource_type, envelope.resource_id)
        answer = self._call("PUT", path, headers=headers, body=tagged(envelope.body, envelope.id))
        return Receipt(
            envelope_id=envelope.id,
            version=_version(answer.resource),
            at=self._now(),
            mark=answer.headers.get("X-Mark", ""),
            exact=answer.headers.get("X-Exact", "1") == "1",
            tells=_tells(answer),
        )

    def landed(self, envelope: Envelope) -> Receipt | None:
        """Return the receipt of an earlier push of this envelope, or None if there is none."""
        path = _path(envelope.resource_type, envelope.resource_id)
        answer = self._call("GET", f"{path}/_history", missing_ok=True)
        for resource in _resources(answer):
            if operation_of(resource) == envelope.id:
                return Receipt(
                    envelope.id,
                    _version(resource),
                    self._now(),
                    exact=False,
                    tells=_tells(answer),
                )
        return None

    def read(self, resource_type: str, resource_id: str) -> Incoming | None:
        """Return the resource as the server holds it now, or None."""
        answer = self._call("GET", _path(resource_type, resource_id), missing_ok=True)
        return _incoming(answer.resource) if answer.status == 200 else None

    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]:
        """Return the next versions after the cursor, oldest first, and the new cursor."""
        query = f"_count={limit}" + (f"&_cursor={quote(cursor)}" if cursor else "")
        headers = {"X-Mark": mark} if mark else {}
        answer = self._call("GET", f"_history?{query}", headers=headers)
        if answer.resource.get("resourceType") != "Bundle":
            raise PeerAwayError("Something else than a Sagittal server answered.")
        news = tuple(_incoming(resource) for resource in _resources(answer))
        return news, answer.headers.get("X-Cursor", cursor)

    def lease(self, blocks: Sequence[Block], mark: str = "") -> Leases | None:
        """Lease those blocks and give back all others; None from a server that leases nothing."""
        headers = {"X-Mark": mark} if mark else {}
        body = request_to_fhir(blocks)
        answer = self._call("POST", "$lease", headers=headers, body=body, missing_ok=True)
        if answer.status == 404:
            return None
        try:
            return leases_from_fhir(answer.resource)
        except WireError:
            raise PeerAwayError("Something else than a Sagittal server answered.") from None

    def server_time(self, now: datetime) -> datetime | None:
        """Return what the server's clock shows at ``now``; None before it has answered."""
        return now + self._skew if self._heard else None

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        missing_ok: bool = False,
    ) -> Answer:
        url = f"{self._base_url}/fhir/{path}"
        for renewed in (False, True):
            bearer = {"Authorization": f"Bearer {self._access(renew=renewed)}"}
            answer = fetch(
                self._session, method, url, {**(headers or {}), **bearer}, body, self._timeout
            )
            self._learn_skew(answer)
            if answer.status != 401:
                break
        error = meaning(answer, missing_ok=missing_ok)
        if error is not None:
            raise error
        return answer

    def _access(self, *, renew: bool) -> str:
        """Return an access token; a wrong clock of this machine is found out and allowed for."""
        if not renew and self._token and self._now() < self._renew_at:
            return self._token
        for _ in range(2):
            before = self._skew
            answer = self._ask_token()
            self._learn_skew(answer)
            if answer.status == 200 or abs(self._skew - before) < timedelta(seconds=60):
                break
        error = meaning(answer)
        if isinstance(error, RefusedError):  # of the token, never of a resource
            raise NotAdmittedError("The server gives this device no token.")
        if error is not None:
            raise error
        token, life = answer.resource.get("access_token"), answer.resource.get("expires_in")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise NotAdmittedError("The server gave no access token.")
        if not isinstance(life, int) or not 0 <= life <= _LONGEST_TOKEN_LIFE_S:
            raise NotAdmittedError("The server gave an access token without an end.")
        self._token = token
        self._renew_at = self._now() + timedelta(seconds=life - _RENEW_BEFORE_S)
        return token

    def _ask_token(self) -> Answer:
        now = int((self._now() + self._skew).timestamp())
        claims = {
            "iss": self._device_id,
            "sub": self._device_id,
            "aud": f"{self._base_url}/token",
            "iat": now,
            "exp": now + _ASSERTION_LIFE_S,
            "jti": secrets.token_hex(16),
        }
        typed = {"typ": "client-authentication+jwt"}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_GRANT,
            "client_assertion": jwt.encode(claims, self._key, algorithm="EdDSA", headers=typed),
        }
        url = f"{self._base_url}/token"
        return fetch(self._session, "POST", url, {}, form, self._timeout, as_form=True)

    def _learn_skew(self, answer: Answer) -> None:
        if answer.server_time is not None:
            self._heard = True
            self._skew = answer.server_time - self._now()

    def _now(self) -> datetime:
        return datetime.now(UTC)


def _tells(answer: Answer) -> bool | None:
    """Whether the server writes to patients itself; None if it does not say."""
    return {"1": True, "0": False}.get(answer.headers.get("X-Tells-Patients", ""))


def enrol(
    base_url: str,
    code: str,
    private_key: Ed25519PrivateKey,
    *,
    ca_bundle: Path | None = None,
    timeout: float = 20.0,
    session: requests.Session | None = None,
) -> str:
    """Register this device by the administrator's one-time code and return its device id.

    Raises
    ------
    NotAdmittedError
        The code is wrong, used or too old.
    PeerAwayError
        The server cannot be reached, or asks to wait after wrong codes.
    """
    url = f"{checked_url(base_url)}/enrol"
    public = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    form = {"code": code, "public_key": public.decode("ascii")}
    own = session or new_session(ca_bundle)
    try:
        answer = fetch(own, "POST", url, {}, form, timeout)
    finally:
        if session is None:
            own.close()
    error = meaning(answer)
    if error is not None:
        raise error
    device = answer.resource.get("device")
    if not isinstance(device, str):
        raise PeerAwayError("The server did not answer as a Sagittal server.")
    return device


def checked_url(base_url: str) -> str:
    """Return the URL without a slash at the end.

    Raises
    ------
    ValueError
        It is not https, and not http on the loopback address either; or it holds a password.
    """
    parts = urlsplit(base_url.strip())
    host = parts.hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not host or parts.scheme not in {"https", "http"} or parts.username or parts.query:
        raise ValueError("the server's address is like https://sync.clinic.example")
    if parts.scheme == "http" and not loopback:
        raise ValueError("the server is spoken to over https only")
    return base_url.strip().rstrip("/")


def _path(resource_type: str, resource_id: str) -> str:
    return f"{quote(resource_type, safe='')}/{quote(resource_id, safe='')}"


def _resources(answer: Answer) -> tuple[Mapping[str, Any], ...]:
    entries = listed(answer.resource, "entry") if answer.status == 200 else ()
    found = [entry.get("resource") for entry in entries]
    return tuple(resource for resource in found if isinstance(resource, Mapping))


def _version(resource: Mapping[str, Any]) -> str:
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, Mapping) else None
    if not isinstance(version, str) or not version:
        raise PeerAwayError("The server's answer names no version.")
    return version


def _incoming(resource: Mapping[str, Any]) -> Incoming:
    kind, ident = resource.get("resourceType"), resource.get("id")
    if not isinstance(kind, str) or not isinstance(ident, str):
        raise PeerAwayError("The server's answer holds something that is no resource.")
    return Incoming(kind, ident, _version(resource), resource)
