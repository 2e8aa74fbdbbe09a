"""One HTTP exchange, and what its answer means in the errors of sync."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests

from sync.errors import (
    NotAdmittedError,
    PeerAwayError,
    RefusedError,
    ServerRestoredError,
    SyncError,
)

ANSWER_LIMIT = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_WHOLE_ANSWER_S = 180.0
_FOR_GOOD = frozenset({400, 409, 412, 413, 422})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and JSON object of an answer (empty if it was none)."""

    status: int
    headers: Mapping[str, str]
    resource: Mapping[str, Any]

    @property
    def server_time(self) -> datetime | None:
        """The server's clock when it answered, aware UTC, or None."""
        try:
            return parsedate_to_datetime(self.headers.get("Date", "")).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            return None


def new_session(ca_bundle: Path | None) -> requests.Session:
    """Return a session that trusts the given authorities and nothing of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(ca_bundle) if ca_bundle is not None else True
    return session


def fetch(
    session: requests.Session,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: object,
    timeout: float,
    *,
    as_form: bool = False,
) -> Answer:
    """Send one request and read its bounded answer.

    Raises
    ------
    PeerAwayError
        No connection, no trust in it, no answer in time, or an answer that is too long.
    """
    sent = {"Accept": "application/fhir+json", **headers}
    data: Any = None
    if as_form:
        data = body
    elif body is not None:
        sent["Content-Type"] = "application/fhir+json"
        data = json.dumps(body).encode()
    try:
        with session.request(
            method,
            url,
            headers=sent,
            data=data,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            text = _bounded(response)
            return Answer(
                response.status_code,
                response.headers,
                _object(text, needed=response.status_code in {200, 201}),
            )
    except requests.exceptions.SSLError:
        raise PeerAwayError("The server's certificate is not trusted.") from None
    except requests.exceptions.Timeout:
        raise PeerAwayError("The server did not answer in time.") from None
    except requests.exceptions.RequestException:
        raise PeerAwayError("The server cannot be reached.") from None


def meaning(answer: Answer, *, missing_ok: bool = False) -> SyncError | None:
    """Return the error an answer stands for, or None if it is a good one."""
    status = answer.status
    if status in {200, 201} or (missing_ok and status == 404):
        return None
    words = _diagnostics(answer.resource)
    if status in {401, 403}:
        return NotAdmittedError(f"The server does not accept this device{words}.")
    if status == 410:
        return ServerRestoredError(
            "The server is older than what it had acknowledged. Nothing was sent or taken over."
            " Enrol this workstation again, and it offers the server what that has lost."
        )
    if status in _FOR_GOOD:
        return RefusedError(f"The server refused it{words}.", status)
    if status == 429:
        return PeerAwayError("The server asks to wait.", _retry_after(answer))
    fault = f"The server has a fault (HTTP {status})."
    if status in {404, 405}:
        fault = "There is no Sagittal server at this address."
    if 300 <= status < 400:
        fault = "The server points elsewhere; its address has to be set anew."
    return PeerAwayError(fault, _retry_after(answer))


def _bounded(response: requests.Response) -> bytes:
    started = time.monotonic()
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > ANSWER_LIMIT:
            raise PeerAwayError("The server's answer is too long.")
        if time.monotonic() - started > _WHOLE_ANSWER_S:
            raise PeerAwayError("The server answers too slowly.")
    return bytes(body)


def _object(text: bytes, *, needed: bool) -> Mapping[str, Any]:
    """Return the JSON object; where a good answer needs one, anything else is a stranger's."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    if needed:
        raise PeerAwayError("Something else than a Sagittal server answered.")
    return {}


def _diagnostics(resource: Mapping[str, Any]) -> str:
    issues = resource.get("issue")
    if isinstance(issues, list) and issues and isinstance(issues[0], Mapping):
        words = issues[0].get("diagnostics")
        if isinstance(words, str) and words:
            return f": {words[:200]}"
    return ""


def _retry_after(answer: Answer) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
