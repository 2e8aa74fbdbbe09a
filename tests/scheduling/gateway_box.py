"""A real Kannel gateway with its fake SMS centre, started on free ports and always reaped."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

DEADLINE_S = 20.0
FAKE_CENTRE = Path("/usr/lib/kannel/test/fakesmsc")

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin
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
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-level = 1

group = sendsms-user
username = clinic
password = s3cret
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = 1

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{texts}"
"""


@dataclass
class Kannel:
    """A running gateway: where to post, and what its SMS centre has got."""

    url: str
    log: Path

    def messages(self, count: int) -> list[tuple[str, str, str]]:
        """(sender, recipient, text) of the messages the centre got, once there are that many."""
        wait_until(lambda: len(self._messages()) >= count, "the SMS centre got too few messages")
        return self._messages()

    def _messages(self) -> list[tuple[str, str, str]]:
        shown = self.log.read_text("utf-8")
        told = re.findall(r"Got message \d+: <(\S+) (\S+) (text|ucs-2) (.*?)>\n", shown, re.DOTALL)
        return [
            (sender, to, text if form == "text" else unquote_to_bytes(text).decode("utf-16-be"))
            for sender, to, form, text in told
        ]


def kannel_is_here() -> bool:
    return bool(shutil.which("bearerbox") and shutil.which("smsbox")) and FAKE_CENTRE.exists()


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    """Return as soon as the condition holds; fail when the deadline passes."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.02)


@contextmanager
def kannel(folder: Path, reports: str = "", written: str = "") -> Iterator[Kannel]:
    """bearerbox, smsbox and fakesmsc, ready to take messages.

    ``reports`` is where texts from phones are told of, ``written`` one that a phone sends.
    """
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(4)]
        ports = [each.getsockname()[1] for each in sockets]
    texts = f"{reports or 'http://127.0.0.1:1'}/text?from=%p&text=%a"
    names = dict(zip(("admin", "boxes", "centre", "sendsms"), ports, strict=True))
    configuration = folder / "kannel.conf"
    configuration.write_text(CONFIGURATION.format(texts=texts, **names))
    with ExitStack() as running:

        def start(*command: str) -> Path:
            log = folder / f"{Path(command[0]).name}.log"
            out = running.enter_context(log.open("wb"))
            process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
            running.callback(_reap, process)
            return log

        start("bearerbox", str(configuration))
        wait_until(lambda: _listens(names["admin"]), "bearerbox did not start")
        start("smsbox", str(configuration))
        centre = (
            "-H",
            "127.0.0.1",
            "-r",
            str(names["centre"]),
            "-i",
            "0.1",
            "-m",
            "1" if written else "0",
        )
        log = start(str(FAKE_CENTRE), *centre, written or "1 2 text x")
        wait_until(lambda: _all_online(names["admin"]), "the gateway did not become ready")
        wait_until(lambda: _listens(names["sendsms"]), "smsbox did not start")
        yield Kannel(f"http://127.0.0.1:{names['sendsms']}/cgi-bin/sendsms", log)


def _reap(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _all_online(admin_port: int) -> bool:
    """Whether both the box and the SMS centre have connected to bearerbox."""
    with urllib.request.urlopen(f"http://127.0.0.1:{admin_port}/status.txt", timeout=5) as answer:
        status = answer.read().decode()
    return "smsbox:" in status and "(online" in status
