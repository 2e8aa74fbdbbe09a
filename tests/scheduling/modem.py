"""Gammu's SMS daemon with its own dummy phone in place of a modem, always reaped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEADLINE_S = 20.0
_CONFIGURATION = """\
[gammu]
model = dummy
connection = none
port = {folder}/phone
gammuloc = /dev/null

[smsd]
service = files
transmitformat = auto
logfile = {folder}/log
debuglevel = 255
inboxpath = {folder}/spool/inbox/
outboxpath = {folder}/spool/outbox/
sentsmspath = {folder}/spool/sent/
errorsmspath = {folder}/spool/error/
commtimeout = 1
sendtimeout = 5
loopsleep = 1
checksecurity = 0
checkbattery = 0
checksignal = 0
"""


def gammu_is_here() -> bool:
    return all(map(shutil.which, ("gammu", "gammu-smsd")))


@dataclass(frozen=True)
class Modem:
    """A running daemon."""

    folder: Path

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    def transmitted(self, count: int) -> list[tuple[str, str]]:
        """Number and text of what went over the air, once there are so many."""

        def found() -> list[tuple[str, str]]:
            log = (self.folder / "log").read_text("utf-8")
            told = re.findall(r'Found \d+ sms to "([^"]*)" with text "(.*?)" cod', log, re.DOTALL)
            return told if log.count("(total: ") >= count else []

        return wait_for(found)

    def receive(self, sender: str, text: str) -> None:
        """Have a text message come in."""
        command = ("gammu", "-c", str(self.folder / "rc"), "savesms", "TEXT", "-text", text)
        _run((*command, "-sender", sender, "-folder", "1", "-unread"))
        wait_for(lambda: list((self.spool / "inbox").glob(f"IN*{sender}*")))


@contextmanager
def modem(folder: Path) -> Iterator[Modem]:
    """The daemon, started in the plain locale system services run in."""
    for name in ("phone", "spool/inbox", "spool/outbox", "spool/sent", "spool/error"):
        (folder / name).mkdir(parents=True)
    (folder / "rc").write_text(_CONFIGURATION.format(folder=folder))
    process = subprocess.Popen(
        ("gammu-smsd", "-c", str(folder / "rc")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    try:
        yield Modem(folder)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def wait_for(found: Callable[[], list]) -> list:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            if result := found():
                return result
        except FileNotFoundError:
            pass
        time.sleep(0.05)
    raise AssertionError("the daemon did not get there")


def _run(command: tuple[str, ...]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)
