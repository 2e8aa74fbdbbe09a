"""What the client makes of servers that are absent, faulty, strange or wrong about the time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sync.engine import turn
from sync.errors import (
    NotAdmittedError,
    PeerAwayError,
    RefusedError,
    ServerRestoredError,
    SyncError,
)
from sync.records import Envelope, EnvelopeState
from sync.transport import answers
from sync.transport.client import FhirTransport, checked_url
from sync.wire.people import patient_to_fhir
from tests.sync.conftest import Central, RunningServer
from tests.sync.desk import Desk
from tests.sync.samples import NOW, PATIENT

TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 600}


class Scripted:
    """A server that gives every token and answers FHIR requests as told."""

    def __init__(self) -> None:
        self.answer: Response = JSONResponse({"resourceType": "Bundle"})
        self.tokens = 0
        self.token_status = 200
        routes = [
            Route("/token", self._token, methods=["POST"]),
            Route("/{rest:path}", self._any, methods=["GET", "PUT"]),
        ]
        self._running = RunningServer(lambda _url: Starlette(routes=routes))
        self.transport = FhirTransport(
            self._running.url, "device", Ed25519PrivateKey.generate(), timeout=5
        )

    async def _token(self, _request: Request) -> Response:
        self.tokens += 1
        return JSONResponse(TOKEN, self.token_status)

    async def _any(self, _request: Request) -> Response:
        return self.answer

    def stop(self) -> None:
        self.transport.close()
        self._running.stop()


@pytest.fixture(scope="module")
def running() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.stop()


@pytest.fixture
def scripted(running: Scripted) -> Scripted:
    running.answer = JSONResponse({"resourceType": "Bundle"})
    return running


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (PlainTextResponse("boom", 500), PeerAwayError, "has a fault (HTTP 500)"),
        (PlainTextResponse("", 503), PeerAwayError, "HTTP 503"),
        (PlainTextResponse("", 429), PeerAwayError, "asks to wait"),
        (JSONResponse({}, 401), NotAdmittedError, "does not accept this device"),
        (JSONResponse({}, 403), NotAdmittedError, "does not accept this device"),
        (JSONResponse({}, 409), RefusedError, "refused"),
        (JSONResponse({}, 412), RefusedError, "refused"),
        (JSONResponse({}, 422), RefusedError, "refused"),
        (JSONResponse({}, 404), PeerAwayError, "no Sagittal server"),
        (JSONResponse({}, 410), ServerRestoredError, "older"),
        (Response(status_code=302, headers={"Location": "/x"}), PeerAwayError, "elsewhere"),
        (PlainTextResponse("<html>Welcome to the hotel"), PeerAwayError, "Something else"),
        (JSONResponse([1]), PeerAwayError, "Something else"),
        (JSONResponse({"resourceType": "Patient"}), PeerAwayError, "Something else"),
        (
            JSONResponse({"resourceType": "Bundle", "entry": [{"resource": {}}]}),
            PeerAwayError,
            "no",
        ),
    ],
)
def test_every_answer_has_one_meaning(
    scripted: Scripted, answer: Response, error: type[SyncError], words: str
) -> None:
    scripted.answer = answer
    with pytest.raises(error) as raised:
        scripted.transport.pull("")
    assert type(raised.value) is error
    assert words in str(raised.value)


def test_servers_wish_to_wait_is_kept(scripted: Scripted) -> None:
    scripted.answer = PlainTextResponse("", 503, {"Retry-After": "77"})
    with pytest.raises(PeerAwayError) as raised:
        scripted.transport.pull("")
    assert raised.value.retry_after_s == 77


def test_server_that_answers_500_loses_nothing_and_says_so(scripted: Scripted) -> None:
    desk = Desk()
    operation = desk.book("a1")
    scripted.answer = PlainTextResponse("boom", 500)
    result = turn(desk, scripted.transport, desk.now)
    assert (result.waiting, result.reason) == (1, "The server has a fault (HTTP 500).")
    envelope = desk.pages.envelopes[operation]
    assert (envelope.state, envelope.last_error) == (EnvelopeState.DUE, result.reason)
    assert desk.pages.peer is not None
    assert desk.pages.peer.last_error == result.reason


def test_one_token_serves_many_calls_and_a_refused_one_is_renewed_once(
    scripted: Scripted,
) -> None:
    scripted.transport.pull("")
    before = scripted.tokens
    scripted.transport.pull("")
    assert scripted.tokens == before
    scripted.answer = JSONResponse({}, 401)
    with pytest.raises(NotAdmittedError):
        scripted.transport.pull("")
    assert scripted.tokens == before + 1


def test_endless_answer_is_cut_off(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "ANSWER_LIMIT", 1000)
    scripted.answer = PlainTextResponse("x" * 200_000)
    with pytest.raises(PeerAwayError, match="too long"):
        scripted.transport.pull("")


def test_silent_server_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        transport = FhirTransport(url, "d", Ed25519PrivateKey.generate(), timeout=0.2)
        with pytest.raises(PeerAwayError, match="in time"):
            transport.pull("")
        transport.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://sync.clinic.example",
        "http://192.0.2.7:8443",
        "ftp://127.0.0.1",
        "https://user:word@sync.clinic.example",
        "https://sync.clinic.example/?x=1",
        "sync.clinic.example",
        "",
    ],
)
def test_patients_data_never_travel_in_clear_over_a_network(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        checked_url(url)
    assert checked_url("https://sync.clinic.example/") == "https://sync.clinic.example"
    assert checked_url("http://127.0.0.1:1/") == "http://127.0.0.1:1"


def test_plain_server_behind_https_address_gets_no_request(sqlite_central: Central) -> None:
    url = sqlite_central.url.replace("http://", "https://")
    transport = FhirTransport(url, "d", Ed25519PrivateKey.generate(), timeout=5)
    with pytest.raises(PeerAwayError):
        transport.pull("")
    transport.close()


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 401])
def test_refused_token_never_counts_as_a_refused_record(status: int) -> None:
    scripted, desk = Scripted(), Desk()
    scripted.token_status = status
    desk.book("a1")
    result = turn(desk, scripted.transport, desk.now)
    assert (result.refused, result.waiting) == (0, 1)
    assert result.reason
    scripted.stop()


@pytest.mark.parametrize("years", [-10, 10])
def test_workstation_with_a_wrong_clock_still_gets_in(
    sqlite_central: Central, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    transport = sqlite_central.workstation()
    off = timedelta(days=365 * years)
    monkeypatch.setattr(transport, "_now", lambda: datetime.now(UTC) + off)
    transport.push(Envelope("op", "Patient", "p-1", patient_to_fhir(PATIENT), "", NOW))
    assert abs(transport.clock_skew + off) < timedelta(minutes=1)
