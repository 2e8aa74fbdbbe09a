"""Two workstations of one clinic and their central server, all real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.records import Role
from app.workflow import admitting, configuring
from app.workflow.signing_up import SignUp
from tests.app.workflow.conftest import (
    ADMIN,
    DESK,
    DOCTOR,
    PASSWORD,
    clinic,
    enter,
    show_at_once,
    workstation,
)


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def later(self, **much: float) -> None:
        self._ahead += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CentralServer]:
    with CentralServer(tmp_path / "server") as central:
        yield central


@pytest.fixture
def pair(
    tmp_path: Path, server: CentralServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Workstation, Workstation]]:
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    made = tuple(_workstation(tmp_path / name, server, clock) for name in ("one", "two"))
    yield made[0], made[1]
    for one in made:
        one.close()


def _workstation(folder: Path, server: CentralServer, clock: Clock) -> Workstation:
    workstation = Workstation(folder, cost=KdfCost.TESTING, clock=clock)
    workstation.clinic.found(
        clinic_name="Hillside",
        zone="Europe/Paris",
        name="Ada Root",
        username=ADMIN,
        password=PASSWORD,
    )
    admin = enter(workstation, ADMIN)
    show_at_once(admin)
    configuring.enrol(admin, server.url, server.code("Hillside"))
    workstation.background_turn(lambda _fraction, _text: None)
    admitting.add_staff(
        admin, SignUp(Role.DOCTOR, "Iris Moreau", DOCTOR, PASSWORD, specialty="Neurosurgery")
    )
    admitting.add_staff(admin, SignUp(Role.RECEPTIONIST, "Dan Desk", DESK, PASSWORD))
    return workstation


def turn(workstation: Workstation) -> str:
    """Give the outboxes their turn; return why it ended early, or an empty text."""
    summary = workstation.background_turn(lambda _fraction, _text: None)
    assert summary is not None
    return summary.reason


__all__ = ["clinic", "workstation"]
