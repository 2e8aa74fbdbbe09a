"""Reading requests: bounded bodies, JSON, versions, search parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.datastructures import QueryParams
from starlette.requests import Request

from sync.errors import WireError
from sync.server.admission import admit
from sync.server.outcomes import OutcomeError, invalid
from sync.server.store import Change
from sync.wire.datatypes import instant, moment

RESOURCE_LIMIT = 4 * 1024 * 1024
BUNDLE_LIMIT = 16 * 1024 * 1024
ENTRY_LIMIT = 500
PAGE_LIMIT = 1000


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body, or answer 413 as soon as it is longer than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise OutcomeError(413, "too-long", f"the body is longer than {limit} bytes")
    return bytes(body)


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - JSON is of any type
    """Return the JSON value of a body, or answer 400."""
    try:
        return json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise OutcomeError(400, "structure", "the body is not JSON") from None


def expected_version(header: str | None) -> str | None:
    """Return the version id of an If-Match header, or None if there is none."""
    if header is None:
        return None
    found = re.fullmatch(r'(?:W/)?"([^"]*)"', header.strip())
    if found is None:
        raise OutcomeError(400, "invalid", 'If-Match is not of the form W/"version"')
    return found.group(1)


def bundle_changes(bundle: object) -> tuple[Change, ...]:
    """Return the changes of a transaction Bundle of PUTs, or answer 400 or 422."""
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        raise invalid("the body is no Bundle")
    entries = bundle.get("entry")
    if bundle.get("type") != "transaction" or not isinstance(entries, list):
        raise invalid("the Bundle is no transaction")
    if len(entries) > ENTRY_LIMIT:
        raise OutcomeError(413, "too-long", f"a Bundle has at most {ENTRY_LIMIT} entries")
    return tuple(_entry_change(entry) for entry in entries)


def search_terms(query: QueryParams) -> dict[str, Any]:
    """Return the keyword arguments of ``Store.search``, or answer 400."""
    unknown = set(query) - {"_id", "_lastUpdated", "_count", "_after", "_sort", "_format"}
    if unknown:
        raise OutcomeError(400, "not-supported", f"cannot search by {sorted(unknown)[0][:40]}")
    if query.get("_sort", "_lastUpdated") != "_lastUpdated":
        raise OutcomeError(400, "not-supported", "results are sorted by _lastUpdated")
    ids = [part for value in query.getlist("_id") for part in value.split(",")]
    return {
        "ids": ids[:ENTRY_LIMIT],
        "updated": [_period(text) for text in query.getlist("_lastUpdated")],
        "after": number(query, "_after", 0, 2**62),
        "count": page_size(query),
    }


def page_size(query: QueryParams) -> int:
    """Return how many entries a page shall have."""
    return max(1, min(number(query, "_count", 100, 2**31), PAGE_LIMIT))


def number(query: QueryParams, name: str, default: int, limit: int) -> int:
    """Return a whole number of the query, or answer 400."""
    text = query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > limit:
        raise OutcomeError(400, "invalid", f"{name} is no number")
    return int(text)


def _entry_change(entry: object) -> Change:
    request = entry.get("request") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(request, Mapping):
        raise invalid("an entry has no request")
    if request.get("method") != "PUT":
        raise invalid("only PUT travels in a transaction")
    kind, _, ident = str(request.get("url", "")).partition("/")
    match = request.get("ifMatch")
    body = admit(kind, ident, entry.get("resource"))
    return Change(kind, ident, body, expected_version(None if match is None else str(match)))


def _period(text: str) -> tuple[str, str]:
    """Return comparison and instant; ``+`` of a zone arrives as a blank."""
    found = re.fullmatch(r"(ge|gt|le|lt|eq)?(.+)", text.replace(" ", "+"))
    try:
        return (found.group(1) or "eq", instant(moment(found.group(2), "x"))) if found else _bad()
    except WireError:
        _bad()


def _bad() -> NoReturn:
    raise OutcomeError(400, "invalid", "_lastUpdated is no instant")


def _not_json(name: str) -> NoReturn:
    raise ValueError(name)
