"""A real Radicale (CalDAV server) on the loopback with one person's login, always reaped."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
import vobject

_CONFIGURATION = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/people
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""


@dataclass(frozen=True)
class Radicale:
    """A running server; what it holds is read by plain HTTP and another iCalendar library."""

    root: str
    login: tuple[str, str]

    @property
    def url(self) -> str:
        return f"{self.root}/{self.login[0]}"

    def events(self, calendar: str) -> dict[str, vobject.base.Component]:
        """Events of a calendar by UID."""
        answer = requests.get(f"{self.url}/{calendar}/", auth=self.login, timeout=10)
        answer.raise_for_status()
        whole = vobject.readOne(answer.text)
        return {event.uid.value: event for event in whole.contents.get("vevent", [])}


@contextmanager
def radicale(folder: Path) -> Iterator[Radicale]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "people").write_text("clinic:s3cret\n")
    configuration = folder / "radicale.ini"
    configuration.write_text(_CONFIGURATION.format(port=port, folder=folder))
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        (sys.executable, "-m", "radicale", "--config", str(configuration)),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(port, process)
        yield Radicale(f"http://127.0.0.1:{port}", ("clinic", "s3cret"))
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _wait(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "Radicale did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("Radicale did not listen")
