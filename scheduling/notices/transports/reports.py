"""What a Kannel gateway calls back with: whether texts arrived, and texts that patients wrote.

Kannel tells by fetching addresses (userguide, "Delivery reports" and "sms-service"), so the program
listens at one, on this machine or inside the clinic's own wall. Its path is a secret that
Kannel is told and nobody else. What is heard is kept in memory until the outbox's next turn.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

from scheduling.errors import TransportError
from scheduling.records import Reply

MASK = 1 | 2 | 16
"""Delivered to the phone, not delivered to the phone, refused by the SMS centre."""

_ARRIVED = {"1": True, "2": False, "16": False}
_MOST = 10_000
_LONGEST = 2_000
_SHORTEST_SECRET = 12


@dataclass
class ReportBox:
    """What was heard at one address."""

    outcomes: OrderedDict[str, bool] = field(default_factory=OrderedDict)
    texts: deque[Reply] = field(default_factory=lambda: deque(maxlen=_MOST))

    def hear_outcome(self, notice_id: str, kind: str) -> None:
        """Keep what became of a message; other kinds of report say nothing of its arrival."""
        if notice_id and kind in _ARRIVED:
            self.outcomes[notice_id[:64]] = _ARRIVED[kind]
            while len(self.outcomes) > _MOST:
                self.outcomes.popitem(last=False)

    def hear_text(self, sender: str, text: str) -> None:
        """Keep a text that came in now."""
        if sender:
            self.texts.append(Reply(_international(sender), text, datetime.now(UTC)))


class _Listener(ThreadingHTTPServer):
    """A server with its box and the path that opens it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, path: str) -> None:
        self.box = ReportBox()
        self.path = path
        super().__init__((host, port), _Caller)


class _Caller(BaseHTTPRequestHandler):
    """One call of the gateway; whoever does not know the path gets nothing."""

    timeout = 10
    server: _Listener

    def do_GET(self) -> None:
        """Take a report or a text in; the answer is empty, so nothing goes back to the phone."""
        asked = urlsplit(self.path)
        told = {name: values[0] for name, values in parse_qs(asked.query).items()}
        head, _, what = asked.path.rpartition("/")
        known = (
            head == self.server.path and what in {"report", "text"} and len(self.path) < _LONGEST
        )
        if known and what == "report":
            self.server.box.hear_outcome(told.get("id", ""), told.get("kind", ""))
        elif known:
            self.server.box.hear_text(told.get("from", ""), told.get("text", ""))
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing: a request names a patient's number."""


_LISTENING: dict[str, _Listener] = {}
_LOCK = threading.Lock()


def check_reports(url: str) -> None:
    """Raise ValueError unless it is an http address with a port and a secret path."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or not parts.hostname or not port:
        raise ValueError("delivery reports come to an address like http://127.0.0.1:13099/secret")
    if len(parts.path.strip("/")) < _SHORTEST_SECRET or parts.query or parts.fragment:
        raise ValueError("the address of delivery reports ends in a secret of 12 letters or more")


def report_url(url: str, notice_id: str) -> str:
    """Return the address Kannel fetches when it knows what became of a message."""
    return f"{url.rstrip('/')}/report?id={quote(notice_id)}&kind=%d"


def box_at(url: str) -> ReportBox:
    """Return what was heard at an address; listening begins with the first call.

    Raises
    ------
    TransportError
        The address is not this machine's, or something else listens there.
    """
    with _LOCK:
        if url not in _LISTENING:
            parts = urlsplit(url)
            try:
                made = _Listener(parts.hostname or "", parts.port or 0, parts.path.rstrip("/"))
            except OSError as error:
                raise TransportError(
                    "Delivery reports cannot be listened for at their address.", permanent=False
                ) from error
            threading.Thread(target=made.serve_forever, args=(0.1,), daemon=True).start()
            _LISTENING[url] = made
        return _LISTENING[url].box


def stop_listening(url: str) -> None:
    """Listen no longer at an address; what was heard is forgotten."""
    with _LOCK:
        listener = _LISTENING.pop(url, None)
    if listener is not None:
        listener.shutdown()
        listener.server_close()


def _international(number: str) -> str:
    """A number as networks write it: 0033612345678 and 33612345678 are +33612345678."""
    plain = number.strip().removeprefix("+").removeprefix("00")
    return f"+{plain}" if plain.isdigit() else number.strip()
