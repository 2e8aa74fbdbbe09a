"""Where the demo's messages arrive: a real SMTP server, and a real SMS gateway where Kannel is.

Everything listens on the loopback interface only and is ended with the demo.
"""

from __future__ import annotations

import http.server
import multiprocessing
import shutil
import socket
import subprocess
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from app.bundle import system_environment
from app.demo.steps import DemoFailedError

_FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
_READY_S = 20.0


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, what: str) -> None:
    """Wait until something listens on a loopback port."""
    deadline = time.monotonic() + _READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            if time.monotonic() > deadline:
                raise DemoFailedError(f"{what} did not start") from None
            threading.Event().wait(0.05)
        else:
            return


class Mailbox:
    """An SMTP server in a process of its own; each message becomes an ``.eml`` file."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        context = multiprocessing.get_context("spawn")
        self._stop, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve_mail, args=(self.port, folder, theirs), daemon=True
        )
        self._process.start()
        wait_for_port(self.port, "The mail server")

    def messages(self) -> tuple[Path, ...]:
        """Return the files of the messages that have arrived."""
        return tuple(sorted(self.folder.glob("*.eml")))

    def close(self) -> None:
        """End the server."""
        self._stop.send("stop")
        self._process.join(5)
        self._process.terminate()


class _Keep:
    """Writes every accepted message to a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, _: SMTP, __: SmtpSession, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self._count += 1
        content = envelope.content or b""
        data = content if isinstance(content, bytes) else content.encode()
        (self._folder / f"{self._count:02d}.eml").write_bytes(data)
        return "250 kept"


def _serve_mail(port: int, folder: Path, stop: Connection) -> None:
    controller = Controller(_Keep(folder), hostname="127.0.0.1", port=port)
    controller.start()
    stop.recv()
    controller.stop()


class Gateway:
    """An SMS gateway with Kannel's interface: Kannel and its fake SMS centre if installed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._children: list[subprocess.Popen[bytes]] = []
        self._server: http.server.ThreadingHTTPServer | None = None
        self._received: list[str] = []
        self.port = free_port()
        self.real = bool(shutil.which("bearerbox") and _FAKESMSC.exists())
        if self.real:
            self._start_kannel()
        else:
            self._start_receiver()

    @property
    def url(self) -> str:
        """Address of the sendsms interface."""
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    def messages(self) -> tuple[str, ...]:
        """Return the texts the SMS centre has received."""
        if not self.real:
            return tuple(self._received)
        log = (self._folder / "fakesmsc.log").read_text("utf-8", "replace")
        return tuple(line for line in log.splitlines() if "Got message" in line)

    def close(self) -> None:
        """End every process that was started."""
        for child in reversed(self._children):
            child.terminate()
        for child in self._children:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _start_kannel(self) -> None:
        admin, boxes, centre = free_port(), free_port(), free_port()
        configuration = self._folder / "kannel.conf"
        configuration.write_text(
            _KANNEL.format(admin=admin, boxes=boxes, centre=centre, sms=self.port)
        )
        self._run("bearerbox.log", "bearerbox", str(configuration))
        wait_for_port(admin, "Kannel's bearerbox")
        wait_for_port(centre, "Kannel's line to the SMS centre")
        self._run("smsbox.log", "smsbox", str(configuration))
        centre_words = (
            "-H",
            "127.0.0.1",
            "-r",
            str(centre),
            "-i",
            "86400",
            "-m",
            "0",
            "1 2 text x",
        )
        self._run("fakesmsc.log", str(_FAKESMSC), *centre_words)
        wait_for_port(self.port, "Kannel's smsbox")

    def _run(self, log: str, *command: str) -> None:
        with (self._folder / log).open("wb") as target:
            self._children.append(
                subprocess.Popen(  # noqa: S603 - fixed words
                    command, stdout=target, stderr=target, env=system_environment()
                )
            )

    def _start_receiver(self) -> None:
        received = self._received

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                received.append(self.rfile.read(length).decode("utf-8", "replace"))
                self._answer()

            def do_GET(self) -> None:
                received.append(self.path)
                self._answer()

            def _answer(self) -> None:
                self.send_response(202)
                self.end_headers()
                self.wfile.write(b"0: Accepted for delivery")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base's
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


_KANNEL = """group = core
admin-port = {admin}
admin-password = demo
smsbox-port = {boxes}
box-allow-ip = "127.0.0.1"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = {centre}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sms}
log-level = 1

group = sendsms-user
username = clinic
password = secret
user-deny-ip = ""
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
max-messages = 0
text = ""
"""
