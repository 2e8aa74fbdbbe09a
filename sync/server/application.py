"""The ASGI application: routes, tokens and answers around the store."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.errors import WireError
from sync.server.admission import admit
from sync.server.capability import capability
from sync.server.database import Database, open_database
from sync.server.devices import DeviceRegistry
from sync.server.leasing import LeaseOffice
from sync.server.outcomes import OutcomeError, absent, denied, invalid
from sync.server.requests import (
    BUNDLE_LIMIT,
    RESOURCE_LIMIT,
    bundle_changes,
    expected_version,
    page_size,
    parse_json,
    read_body,
    search_terms,
)
from sync.server.slots import asked, free_slots
from sync.server.store import Change, Page, Store, Stored, Written
from sync.server.telling import tells
from sync.server.tokens import ACCESS_LIFE_S, SCOPE, Caller, TokenIssuer
from sync.wire.leases import leases_to_fhir, request_from_fhir

FHIR_JSON = "application/fhir+json"
ASSERTION_GRANT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SMALL_LIMIT = 16 * 1024
_LEASE_LIMIT = 1024 * 1024

Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    database_url: str,
    *,
    database_key: bytes = b"",
    public_url: str = "http://127.0.0.1:8443",
    signing_key: Ed25519PrivateKey | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """Return the server as an ASGI application; its database closes at the lifespan's end.

    Parameters
    ----------
    database_url, database_key
        See ``sync.server.database.open_database``.
    public_url
        How workstations reach the server, without a slash at the end; the audience of their
        assertions is this with ``/token``.
    signing_key
        Signs access tokens. Without one a fresh key is made: after a restart workstations fetch
        new tokens by themselves. Several processes behind one address have to share one.
    """
    database = open_database(database_url, database_key)
    issuer = TokenIssuer(signing_key or Ed25519PrivateKey.generate(), public_url)
    server = _Server(database, issuer, public_url, clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        database.close()

    return Starlette(
        routes=server.routes(),
        lifespan=lifespan,
        exception_handlers={
            OutcomeError: _refused,
            OperationalError: _unavailable,
            HTTPException: _unrouted,
        },
    )


class _Server:
    """The handlers; each checks the token, then works in a thread."""

    def __init__(
        self,
        database: Database,
        issuer: TokenIssuer,
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._store = Store(database, clock)
        self._devices = DeviceRegistry(database, clock)
        self._leases = LeaseOffice(database, clock)
        self._issuer = issuer
        self._public_url = public_url
        self._clock = clock

    def routes(self) -> list[Route]:
        one = "/fhir/{type}/{id}"
        return [
            Route("/enrol", self.enrol, methods=["POST"]),
            Route("/token", self.token, methods=["POST"]),
            Route("/fhir/metadata", self.metadata, methods=["GET"]),
            Route("/fhir/_history", self.system_history, methods=["GET"]),
            Route("/fhir", self.transaction, methods=["POST"]),
            Route("/fhir/$lease", self.lease, methods=["POST"]),
            Route("/fhir/Slot", self.slots, methods=["GET"]),
            Route("/fhir/{type}", self.search, methods=["GET"]),
            Route(one, self.read, methods=["GET"]),
            Route(one, self.put, methods=["PUT"]),
            Route(one + "/_history", self.instance_history, methods=["GET"]),
            Route(one + "/_history/{version}", self.vread, methods=["GET"]),
        ]

    async def enrol(self, request: Request) -> Response:
        form = parse_json(await read_body(request, _SMALL_LIMIT))
        if not isinstance(form, dict):
            raise invalid("the body is no JSON object")
        code, key = form.get("code"), form.get("public_key")
        if not isinstance(code, str) or not isinstance(key, str):
            raise invalid("code and public_key are needed")
        address = request.client.host if request.client else ""
        caller = await run_in_threadpool(self._devices.enrol, code, key, address)
        return _json({"device": caller.device, "clinic": caller.clinic}, 201)

    async def token(self, request: Request) -> Response:
        body = await read_body(request, _SMALL_LIMIT)
        form = parse_qs(body.decode("ascii", "replace"))
        grant = form.get("grant_type", [""])[0]
        kind = form.get("client_assertion_type", [""])[0]
        if grant != "client_credentials" or kind != ASSERTION_GRANT:
            raise denied("only client_credentials with a JWT assertion is known here")
        assertion = form.get("client_assertion", [""])[0]
        audience = f"{self._public_url}/token"
        caller = await run_in_threadpool(self._devices.authenticate, assertion, audience)
        token = self._issuer.issue(caller, self._clock())
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": ACCESS_LIFE_S,
            "scope": SCOPE,
        }
        return _json(answer, 200, {"Cache-Control": "no-store"})

    async def metadata(self, _request: Request) -> Response:
        return _json(capability(self._public_url))

    async def put(self, request: Request) -> Response:
        caller = await self._caller(request)
        kind, ident = request.path_params["type"], request.path_params["id"]
        body = parse_json(await read_body(request, RESOURCE_LIMIT))
        base = expected_version(request.headers.get("if-match"))
        change = Change(kind, ident, admit(kind, ident, body), base)
        written = (await self._write(request, caller, (change,)))[0]
        headers = _version_headers(written.stored)
        headers["X-Exact"] = "1" if written.exact else "0"
        headers |= await self._who_tells(caller)
        return _json(written.stored.body, 201 if written.created else 200, headers)

    async def transaction(self, request: Request) -> Response:
        caller = await self._caller(request)
        changes = bundle_changes(parse_json(await read_body(request, BUNDLE_LIMIT)))
        written = await self._write(request, caller, changes)
        entries = [_response_entry(entry) for entry in written]
        headers = {"X-Mark": written[-1].stored.mark} if written else {}
        bundle = {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}
        return _json(bundle, 200, headers)

    async def read(self, request: Request) -> Response:
        caller = await self._caller(request)
        kind, ident = request.path_params["type"], request.path_params["id"]
        stored = await run_in_threadpool(self._store.read, caller.clinic, kind, ident)
        return _json(stored.body, 200, _version_headers(stored))

    async def vread(self, request: Request) -> Response:
        caller = await self._caller(request)
        where = (request.path_params[name] for name in ("type", "id", "version"))
        stored = (await run_in_threadpool(self._store.versions, caller.clinic, *where))[0]
        return _json(stored.body, 200, _version_headers(stored))

    async def instance_history(self, request: Request) -> Response:
        caller = await self._caller(request)
        kind, ident = request.path_params["type"], request.path_params["id"]
        versions = await run_in_threadpool(self._store.versions, caller.clinic, kind, ident)
        tells = await self._who_tells(caller)
        return self._bundle("history", Page(versions, more=False), {}, tells)

    async def search(self, request: Request) -> Response:
        caller = await self._caller(request)
        kind = request.path_params["type"]
        terms = search_terms(request.query_params)
        page = await run_in_threadpool(lambda: self._store.search(caller.clinic, kind, **terms))
        following = {}
        if page.more:
            query = [(k, v) for k, v in request.query_params.multi_items() if k != "_after"]
            query.append(("_after", page.entries[-1].mark.partition(".")[0]))
            following = {"next": f"{self._public_url}/fhir/{kind}?{urlencode(query)}"}
        return self._bundle("searchset", page, following)

    async def system_history(self, request: Request) -> Response:
        caller = await self._caller(request)
        cursor = request.query_params.get("_cursor", "")
        count = page_size(request.query_params)
        mark = request.headers.get("x-mark", "")
        page = await run_in_threadpool(self._store.since, caller.clinic, cursor, mark, count)
        last = page.entries[-1].mark if page.entries else cursor
        return self._bundle("history", page, {}, {"X-Cursor": last})

    async def slots(self, request: Request) -> Response:
        caller, now = await self._caller(request), self._clock()
        wanted = asked(request.query_params, now)
        found = await run_in_threadpool(
            free_slots, self._database, self._store, caller, wanted, now
        )
        entries = [
            {
                "fullUrl": f"{self._public_url}/fhir/Slot/{one['id']}",
                "resource": one,
                "search": {"mode": "match"},
            }
            for one in found
        ]
        bundle = {"resourceType": "Bundle", "type": "searchset"}
        return _json({**bundle, "entry": entries} if entries else bundle)

    async def lease(self, request: Request) -> Response:
        caller = await self._caller(request)
        body = parse_json(await read_body(request, _LEASE_LIMIT))
        try:
            blocks = request_from_fhir(body)
        except WireError as error:
            raise invalid(str(error)) from None
        mark = request.headers.get("x-mark", "")
        leases = await run_in_threadpool(self._leases.exchange, caller, blocks, mark)
        return _json(leases_to_fhir(leases))

    async def _caller(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise denied("a bearer token is needed")
        caller = self._issuer.check(token.strip())
        await run_in_threadpool(self._devices.check_active, caller)
        return caller

    async def _who_tells(self, caller: Caller) -> dict[str, str]:
        """Say whether the workstation may leave the telling of patients to this server."""
        told = await run_in_threadpool(tells, self._database, caller.clinic)
        return {"X-Tells-Patients": "1" if told else "0"}

    async def _write(
        self, request: Request, caller: Caller, changes: tuple[Change, ...]
    ) -> tuple[Written, ...]:
        mark = request.headers.get("x-mark", "")
        return await run_in_threadpool(self._store.put, caller.clinic, caller.device, changes, mark)

    def _bundle(
        self,
        kind: str,
        page: Page,
        links: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        entries = [_bundle_entry(stored, self._public_url, kind) for stored in page.entries]
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": kind}
        if links:
            bundle["link"] = [{"relation": name, "url": url} for name, url in links.items()]
        if entries:
            bundle["entry"] = entries
        return _json(bundle, 200, headers)


def _bundle_entry(stored: Stored, public_url: str, kind: str) -> dict[str, Any]:
    path = f"{stored.type}/{stored.id}"
    entry: dict[str, Any] = {"fullUrl": f"{public_url}/fhir/{path}", "resource": stored.body}
    if kind == "searchset":
        entry["search"] = {"mode": "match"}
    else:
        entry["request"] = {"method": "PUT", "url": path}
        entry["response"] = {
            "status": "201" if stored.version == 1 else "200",
            "etag": f'W/"{stored.version}"',
            "lastModified": stored.updated_at,
        }
    return entry


def _response_entry(written: Written) -> dict[str, Any]:
    stored = written.stored
    response = {
        "status": "201" if written.created else "200",
        "location": f"{stored.type}/{stored.id}/_history/{stored.version}",
        "etag": f'W/"{stored.version}"',
        "lastModified": stored.updated_at,
    }
    return {"response": response}


def _version_headers(stored: Stored) -> dict[str, str]:
    return {"ETag": f'W/"{stored.version}"', "X-Mark": stored.mark}


def _json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type=FHIR_JSON)


async def _refused(_request: Request, error: Exception) -> Response:
    outcome = error if isinstance(error, OutcomeError) else invalid("refused")
    headers = {}
    if outcome.retry_after_s:
        headers["Retry-After"] = str(outcome.retry_after_s)
    if outcome.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _json(outcome.resource(), outcome.status, headers)


async def _unavailable(_request: Request, _error: Exception) -> Response:
    outcome = OutcomeError(503, "transient", "the database is busy", retry_after_s=5)
    return _json(outcome.resource(), 503, {"Retry-After": "5"})


async def _unrouted(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 404:
        return _json(absent("there is nothing here").resource(), 404)
    return _json(OutcomeError(status, "not-supported", "not done here").resource(), status)
