"""A clinic with its people, on cheap keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.records import ReadMode, Role
from app.workflow import admitting, configuring
from app.workflow.session import Session
from app.workflow.signing_up import SignUp

CHEAP = KdfCost.TESTING
PASSWORD = "a long enough sentence 7"
ADMIN, DOCTOR, DESK, PATIENT = "root", "iris", "desk", "zoe"


@pytest.fixture
def workstation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workstation]:
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    made = Workstation(tmp_path / "home", cost=CHEAP)
    yield made
    made.close()


@pytest.fixture
def clinic(workstation: Workstation) -> Workstation:
    return found_with_people(workstation)


@pytest.fixture
def doctor(clinic: Workstation) -> Session:
    """The doctor at work, with a study to read; its series are up to the tests."""
    from tests.app.workflow.samples import put_study  # noqa: PLC0415 - it imports this file

    session = enter(clinic, DOCTOR)
    put_study(session)
    return session


def found_with_people(workstation: Workstation) -> Workstation:
    workstation.clinic.found(
        clinic_name="Hillside",
        zone="Europe/Paris",
        name="Ada Root",
        username=ADMIN,
        password=PASSWORD,
    )
    sign_up(workstation, Role.DOCTOR, DOCTOR, "Iris Moreau", specialty="Neurosurgery")
    sign_up(
        workstation,
        Role.PATIENT,
        PATIENT,
        "Zoe Canary",
        email="zoe@example.org",
        phone="+33612345678",
    )
    admin = workstation.clinic.sign_in(ADMIN, PASSWORD)
    show_at_once(admin)
    waiting = admitting.accounts(admin)[0]
    admitting.approve(admin, waiting.id)
    admitting.add_staff(admin, SignUp(Role.RECEPTIONIST, "Dan Desk", DESK, PASSWORD))
    workstation.clinic.sign_out()
    return workstation


def show_at_once(admin: Session, mode: ReadMode = ReadMode.CONCURRENT) -> None:
    """Have readers see what the models found at once, as most tests want it."""
    settings = configuring.clinic_settings(admin)
    configuring.save_settings(admin, replace(settings, read_mode=mode))


def sign_up(workstation: Workstation, role: Role, username: str, name: str, **more: Any) -> str:
    return workstation.clinic.sign_up(SignUp(role, name, username, PASSWORD, **more))


def enter(workstation: Workstation, username: str) -> Session:
    return workstation.clinic.sign_in(username, PASSWORD)
