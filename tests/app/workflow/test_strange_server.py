"""Claims about a server that answers anything: told in a sentence, and nothing is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.storage.work import Storage
from app.workflow import booking, configuring, notifying, reviewing, sending, signing
from app.workflow.configuring import DEVICE_KEY
from app.workflow.session import Session
from app.workflow.settings import read_settings, write_settings
from scheduling.notices import outbox
from sync.records import Envelope, EnvelopeState, Peer
from tests.app.workflow.conftest import ADMIN, CHEAP, DOCTOR, PASSWORD, enter, found_with_people
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    first_slot,
    give_hours,
    put_study,
    read_draft,
)
from viewer.ports import Progress

Answer = Callable[[BaseHTTPRequestHandler], None]
TOKEN = {"access_token": "x", "expires_in": 3600}


def _answer(status: int, body: bytes = b"", token: object = None, **headers: str) -> Answer:
    """Answer so to everything; with ``token``, answer that to who asks for one."""

    def write(request: BaseHTTPRequestHandler) -> None:
        given = json.dumps(token).encode() if token and request.path == "/token" else None
        request.send_response(status if given is None else 200)
        for name, value in headers.items() if given is None else ():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body if given is None else given)))
        request.end_headers()
        request.wfile.write(body if given is None else given)

    return write


def _cut(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b"{")
    request.close_connection = True


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


STRANGE: dict[str, Answer] = {
    "a fault": _answer(500, b"<h1>Oops</h1>"),
    "a fault after the token": _answer(503, b"", TOKEN, Retry_After="\u00b2"),
    "elsewhere": _answer(302, b"", Location="http://127.0.0.1:1/"),
    "a portal": _answer(200, b"<html>Accept the terms</html>"),
    "a list": _answer(200, b"[]"),
    "no token": _answer(200, b"{}"),
    "an endless token": _answer(200, _json({**TOKEN, "expires_in": 10**30})),
    "a token that breaks the line": _answer(200, _json({**TOKEN, "access_token": "x\r\ny: z"})),
    "a token of another tongue": _answer(200, _json({**TOKEN, "access_token": "\u2603"})),
    "not a bundle": _answer(200, b"{}", TOKEN),
    "an odd bundle": _answer(200, _json({"resourceType": "Bundle", "entry": 5}), TOKEN),
    "no versions": _answer(
        200,
        _json({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}),
        TOKEN,
    ),
    "deep": _answer(200, b"[" * 100_000, TOKEN),
    "too much": _answer(200, b" " * 400_000, TOKEN),
    "cut": _cut,
    "an impossible date": _answer(200, b"{}", Date="Mon, 01 Jan 0001 00:00:00 +2300"),
}


class _Handler(BaseHTTPRequestHandler):
    answer: Answer

    def _any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        type(self).answer(self)

    do_GET = do_POST = do_PUT = _any  # noqa: N815 - the base class's names

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def server() -> Iterator[Callable[[Answer], str]]:
    started: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
        made = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        started.append(made)
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{made.server_port}"

    yield start
    for one in started:
        one.shutdown()
        one.server_close()


def _enrolled(clinic: Workstation, url: str) -> Session:
    """Sign a report and book for a clinic that is enrolled with that server."""
    desk = enter(clinic, DOCTOR)
    with desk.begin() as work:
        work.settings.put(DEVICE_KEY, Ed25519PrivateKey.generate().private_bytes_raw().hex())
        work.replica.set_peer(Peer(url, "device"))
        write_settings(work, replace(read_settings(work), server_url=url))
    give_hours(clinic)
    doctor = enter(clinic, DOCTOR)
    put_study(doctor)
    reviewing.accept(doctor, "f-1")
    signing.sign(doctor, read_draft(doctor, STUDY_UID).id, PASSWORD)
    booking.book(doctor, first_slot(doctor), PATIENT_ID)
    return doctor


def _due(session: Session) -> tuple[Envelope, ...]:
    with session.begin() as work:
        return work.envelopes.due(session.now().replace(year=2100), limit=1000)


def _point(session: Session, url: str) -> None:
    """Point the clinic at another server, as if nothing had been tried yet."""
    for one in _due(session):
        with session.begin() as work:
            work.envelopes.update(replace(one, next_try_at=None, attempts=0, last_error=""))
    with session.begin() as work:
        work.replica.set_peer(Peer(url, "device"))
        write_settings(work, replace(read_settings(work), server_url=url))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workstation, Session]]:
    """A clinic with work to send, shared: no answer here may change it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGITTAL_KEYRING", "none")
        made = Workstation(tmp_path_factory.mktemp("strange") / "home", cost=CHEAP)
        yield made, _enrolled(found_with_people(made), "https://server.example")
        made.close()


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_a_strange_answer_is_told_and_loses_nothing(
    busy: tuple[Workstation, Session],
    server: Callable[[Answer], str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr("sync.transport.answers.ANSWER_LIMIT", 200_000)
    workstation, session = busy
    _point(session, server(STRANGE[name]))
    before, waiting = {one.id for one in _due(session)}, sending.status(session).waiting
    reasons = []
    for _ in range(2):
        summary = workstation.background_turn(lambda *_: None)
        assert summary is not None
        assert summary.delivered == 0
        reasons.append(summary.reason)
    assert all(reason.endswith(".") for reason in reasons)
    told = sending.status(session)
    assert told.last_error == reasons[-1]
    assert told.last_sync_at is None
    assert ({one.id for one in _due(session)}, told.waiting) == (before, waiting)
    assert all(one.state is EnvelopeState.DUE for one in _due(session))
    assert sending.conflicts(session) == ()


@pytest.mark.parametrize("url", ["ftp://server", "http://far.example", "https://"])
def test_an_address_that_does_not_work_is_told_and_the_notices_go_on(
    clinic: Workstation, url: str
) -> None:
    session = _enrolled(clinic, url)
    summary = clinic.background_turn(lambda *_: None)
    assert summary is not None
    assert "address" in summary.reason
    assert sending.status(session).last_error == summary.reason
    assert summary.waiting == sending.status(session).waiting > 0


def test_a_missing_certificate_file_is_told(clinic: Workstation) -> None:
    session = _enrolled(clinic, "https://server.example")
    with session.begin() as work:
        write_settings(work, replace(read_settings(work), server_ca="nowhere.pem"))
    summary = clinic.background_turn(lambda *_: None)
    assert summary is not None
    assert "certificate" in summary.reason


def test_a_fault_in_sending_does_not_keep_notices_from_their_turn(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[object] = []
    give = notifying.turn

    def fault(*_: object) -> None:
        raise AttributeError("a defect")

    def counted(storage: Storage, now: datetime, progress: Progress) -> outbox.TurnResult:
        turns.append(now)
        return give(storage, now, progress)

    monkeypatch.setattr(sending, "turn", fault)
    monkeypatch.setattr(notifying, "turn", counted)
    with pytest.raises(AttributeError, match="a defect"):
        clinic.background_turn(lambda *_: None)
    assert len(turns) == 1


def test_what_waited_for_a_strange_server_reaches_a_good_one(
    clinic: Workstation, server: Callable[[Answer], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    session = _enrolled(clinic, server(STRANGE["a fault"]))
    clinic.background_turn(lambda *_: None)
    waiting = sending.status(session).waiting
    with CentralServer(tmp_path_factory.mktemp("central")) as central:
        configuring.enrol(enter(clinic, ADMIN), central.url, central.code("Hillside"))
        with clinic.clinic.storage.begin(session.actor) as work:  # type: ignore[union-attr]
            for one in work.envelopes.due(session.now().replace(year=2100), limit=1000):
                work.envelopes.update(replace(one, next_try_at=None))
        summary = clinic.background_turn(lambda *_: None)
    assert summary is not None
    assert (summary.delivered, summary.waiting, summary.reason) == (waiting, 0, "")
