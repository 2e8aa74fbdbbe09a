"""The central server of the demo: the real one, in a process of its own on the loopback."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from app.bundle import server_command
from app.demo.receivers import free_port, wait_for_port


class CentralServer:
    """The command of ``sync.server`` with a database in the demo's folder; may stop and start."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._database = f"sqlite:///{folder / 'server.db'}"
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Address the workstations use."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start serving; return when it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own server with fixed words
                self._command("serve", "--port", str(self.port)), stdout=log, stderr=log
            )
        wait_for_port(self.port, "The central server")

    def stop(self) -> None:
        """Stop serving, as if the network were away."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def code(self, clinic: str) -> str:
        """Return a one-time code with which a workstation enrols."""
        told = subprocess.run(  # noqa: S603 - our own server with fixed words
            self._command("enrol", "--clinic", clinic), capture_output=True, check=True, text=True
        )
        return told.stdout.strip()

    def end_leases(self, clinic: str, device: str) -> None:
        """Take back what is kept for a workstation, as a person at the server may."""
        words = self._command("leases", "--clinic", clinic, "--end", device)
        subprocess.run(words, capture_output=True, check=True)  # noqa: S603 - our own server

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def _command(self, verb: str, *words: str) -> tuple[str, ...]:
        return (*server_command(), verb, "--db", self._database, *words)
