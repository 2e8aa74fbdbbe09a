"""Claims about the Twilio-shaped gateway, made against an HTTP server on the loopback."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from scheduling.errors import TransportError
from scheduling.notices.transports.kannel import KannelTransport
from scheduling.notices.transports.twilio import TwilioTransport
from scheduling.records import Channel
from tests.scheduling.samples import NOW, notice

SMS = notice(channel=Channel.SMS)


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it is asked; answers the status and body it was told to, or not at all."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.asked.append((self.path, dict(self.headers), self.rfile.read(length)))
        if self.server.status == "silent":
            self.server.release.wait(10)
            return
        if self.server.status == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(self.server.status)
        if self.server.status // 100 == 3:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers), b""))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def gateway(status: int | str, body: bytes = b"{}") -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.asked, server.status, server.body = [], status, body
    server.release = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def twilio(server, timeout: float = 5.0) -> TwilioTransport:
    return TwilioTransport(
        f"http://127.0.0.1:{server.server_port}", "AC1", "t0ken", "+15005550006", timeout
    )


def test_message_is_posted_once_in_the_shape_of_the_resource():
    with gateway(201, json.dumps({"sid": "SM42", "status": "queued"}).encode()) as server:
        assert twilio(server).send(SMS) == "SM42"
    ((path, headers, body),) = server.asked
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:t0ken").decode()
    assert parse_qs(body.decode()) == {
        "To": ["+33612345678"],
        "From": ["+15005550006"],
        "Body": [SMS.body],
    }


@pytest.mark.parametrize(
    ("status", "body", "permanent", "uncertain"),
    [
        (400, b'{"code": 21211}', True, False),
        (401, b"", False, False),
        (404, b"", False, False),
        (429, b"", False, False),
        (301, b"", False, False),
        (500, b"", False, True),
        (503, b"", False, True),
        (201, b"not json", False, True),
        (201, b"{}", False, True),
        ("drop", b"", False, True),
        ("silent", b"", False, True),
    ],
)
def test_answers_are_told_apart_and_asked_once(status, body, permanent, uncertain):
    with gateway(status, body) as server:
        with pytest.raises(TransportError) as caught:
            twilio(server, 0.3 if status == "silent" else 5.0).send(SMS)
        assert (caught.value.permanent, caught.value.uncertain) == (permanent, uncertain)
        assert len(server.asked) == 1, "asked again, or followed a redirect"
    for secret in ("+33612345678", "t0ken", "AC1"):
        assert secret not in str(caught.value)


def test_absent_gateway_is_certain_and_temporary():
    with gateway(201) as server:
        pass
    with pytest.raises(TransportError, match="cannot be reached") as caught:
        twilio(server).send(SMS)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


def test_kannel_answer_that_never_comes_is_uncertain():
    with gateway("silent") as server:
        transport = KannelTransport(f"http://127.0.0.1:{server.server_port}/x", "u", "p", "s", 0.3)
        with pytest.raises(TransportError) as caught:
            transport.send(SMS)
    assert caught.value.uncertain
    assert server.asked[0][0] == "/x", "number or password in the address"


def test_surroundings_cannot_divert_the_message(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with gateway(201, b'{"sid": "SM1"}') as server:
        assert twilio(server).send(SMS) == "SM1"


@pytest.mark.parametrize("url", ["ftp://gate", "http://gate", "https://me@gate", "https://g?x=1"])
def test_token_goes_only_to_an_encrypted_plain_address(url):
    with pytest.raises(ValueError, match="SMS"):
        TwilioTransport(url, "AC1", "t0ken", "+15005550006")


def test_secrets_stay_out_of_what_is_printed():
    shown = repr(TwilioTransport("https://gate", "AC1", "t0ken", "s")) + repr(
        KannelTransport("http://gate", "u", "p4ss", "s")
    )
    assert "t0ken" not in shown
    assert "p4ss" not in shown


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("delivered", True), ("undelivered", False), ("failed", False), ("sent", None), (None, None)],
)
def test_the_gateway_is_asked_what_became_of_a_message(status, outcome):
    with gateway(200, json.dumps({"sid": "SM42", "status": status}).encode()) as server:
        assert twilio(server).outcome(replace(SMS, provider_ref="SM42")) is outcome
    ((path, _, _),) = server.asked
    assert path == "/2010-04-01/Accounts/AC1/Messages/SM42.json"


def test_answers_to_the_clinics_number_are_read_from_the_gateway():
    told = [
        {
            "from": "+33612345678",
            "body": body,
            "direction": direction,
            "date_sent": f"Mon, 03 May 2027 0{hour}:00:00 +0000",
        }
        for hour, body, direction in (
            (8, "STOP", "inbound"),
            (7, "hello", "inbound"),
            (9, "your appointment", "outbound-api"),
            (5, "too early", "inbound"),
        )
    ]
    with gateway(200, json.dumps({"messages": told}).encode()) as server:
        replies = twilio(server).replies(NOW)
    assert [one.text for one in replies] == ["hello", "STOP"]
    ((path, _, _),) = server.asked
    assert parse_qs(path.partition("?")[2]) == {
        "To": ["+15005550006"],
        "DateSent>": ["2027-05-03"],
        "PageSize": ["1000"],
    }


@pytest.mark.parametrize(
    ("status", "body"), [(404, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"messages": [1]}')]
)
def test_an_answer_that_tells_nothing_is_a_temporary_fault(status, body):
    with gateway(status, body) as server, pytest.raises(TransportError) as caught:
        twilio(server).replies(NOW)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
