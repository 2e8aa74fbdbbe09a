"""One HTTP request to an SMS gateway, and what its failure means for the message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from scheduling.errors import TransportError


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said."""

    status: int
    text: str


def post(
    url: str,
    *,
    data: bytes | Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
    timeout: float,
) -> Answer:
    """Post once and return the answer.

    No redirect is followed (it could carry the login elsewhere), certificates are verified,
    and neither proxies nor logins are taken from the environment. ``timeout`` in seconds
    bounds connecting and each wait for data.

    Raises
    ------
    TransportError
        Certain (nothing was sent) if no connection came about, else uncertain.
    """
    return _ask("POST", url, data=data, headers=headers, auth=login, timeout=timeout)


def get(
    url: str, *, query: Mapping[str, str], login: tuple[str, str] | None = None, timeout: float
) -> Answer:
    """Read once and return the answer, under the same rules as `post`."""
    return _ask("GET", url, params=query, auth=login, timeout=timeout)


def _ask(method: str, url: str, **options: Any) -> Answer:  # noqa: ANN401 - options of requests
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.request(method, url, allow_redirects=False, **options)
        except requests.RequestException as error:
            raise _failure(error) from None  # the cause would carry the address and the number
    return Answer(response.status_code, response.text)


def refuse(status: int, *, rejected: frozenset[int], uncertain: frozenset[int]) -> TransportError:
    """The error for an answer that is no acceptance.

    ``rejected`` are the statuses that condemn this very message; ``uncertain`` those after
    which the message may have gone out all the same. Anything else is temporary.
    """
    return TransportError(
        f"The SMS gateway answered {status}.",
        permanent=status in rejected,
        uncertain=status in uncertain,
    )


def check_url(url: str) -> None:
    """Raise ValueError unless the URL is an http(s) address without login, query or fragment."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an SMS gateway has an http or https address")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("an SMS gateway's address holds no login, query or fragment")


def _failure(error: requests.RequestException) -> TransportError:
    """Tell a connection that never was from an answer that never came."""
    if isinstance(error, requests.exceptions.SSLError):
        return TransportError("The SMS gateway's certificate is not trusted.", permanent=False)
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return TransportError("The SMS gateway cannot be reached.", permanent=False)
    return TransportError("The SMS gateway did not answer.", permanent=False, uncertain=True)
