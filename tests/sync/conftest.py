"""Real servers on the loopback address, one per database, shared by all tests of sending."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from sync.server import database as tables
from sync.server.application import create_app
from sync.server.database import Database, open_database
from sync.server.devices import DeviceRegistry
from sync.transport.client import FhirTransport, enrol

KEY = bytes(range(32))


class RunningServer:
    """uvicorn in a thread around an application made for the address it got."""

    def __init__(self, make_app: Callable[[str], ASGIApp]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(
            make_app(self.url), log_level="critical", ws="none", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._listener.close()
        assert not self._thread.is_alive()


class Central:
    """A server with the keys to its office: makes clinics and enrols workstations."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.database: Database = open_database(database_url, KEY)
        self.devices = DeviceRegistry(self.database, lambda: datetime.now(UTC))
        self._running = RunningServer(
            lambda url: create_app(database_url, database_key=KEY, public_url=url)
        )
        self.url = self._running.url
        self._transports: list[FhirTransport] = []

    def workstation(self, clinic: str = "", *, may_overbook: bool = False) -> FhirTransport:
        """Return the transport of a newly enrolled workstation of that clinic."""
        key = Ed25519PrivateKey.generate()
        code = self.devices.make_code(clinic or f"clinic-{uuid.uuid4()}", may_overbook=may_overbook)
        transport = FhirTransport(self.url, enrol(self.url, code, key), key)
        self._transports.append(transport)
        return transport

    def stop(self) -> None:
        for transport in self._transports:
            transport.close()
        self._running.stop()
        self.database.close()


def forget(central: Central, clinic: str) -> None:
    """Bring the clinic's rows back to what an empty backup held."""
    with central.database.write() as connection:
        query = sa.select(tables.clinic.c.id).where(tables.clinic.c.name == clinic)
        ident = connection.execute(query).scalar_one()
        for table in (tables.resource, tables.history, tables.operation):
            connection.execute(table.delete().where(table.c.clinic == ident))
        changed = tables.clinic.update().where(tables.clinic.c.id == ident).values(seq=0)
        connection.execute(changed)


@pytest.fixture(scope="session")
def sqlite_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("central")
    central = Central(f"sqlite:///{folder / 'central.db'}")
    yield central
    central.stop()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a PostgreSQL cluster of this run's own, or a skip with the reason."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or os.geteuid() != 0:
        pytest.skip("needs PostgreSQL's server programs and the right to run them as postgres")
    programs = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="sagittal-pg-"))
    shutil.chown(folder, "postgres")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    as_postgres = ["runuser", "-u", "postgres", "--"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    control = [*as_postgres, str(programs / "pg_ctl"), "-D", f"{folder}/data"]
    initdb = [str(programs / "initdb"), "-D", f"{folder}/data", "-A", "trust", "--no-sync"]
    _run([*as_postgres, *initdb])
    start = [*control, "-o", options, "-l", f"{folder}/log", "-w", "start"]
    _run(start)
    yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    _run([*control, "-m", "immediate", "stop"])
    shutil.rmtree(folder)


def _run(command: list[str]) -> None:
    subprocess.run(
        command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.fixture(scope="session")
def postgres_central(postgres_url: str) -> Iterator[Central]:
    central = Central(postgres_url)
    yield central
    central.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def central(request: pytest.FixtureRequest) -> Central:
    """The server on either database; claims about its data hold on both."""
    running: Central = request.getfixturevalue(f"{request.param}_central")
    return running
