"""That a patient is told is said only where a message can go out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.bootstrap import Workstation
from app.records import SYSTEM
from app.workflow import configuring
from app.workflow.reaching import Reach, reach
from app.workflow.telling import remember_who_tells
from sync.records import Peer
from tests.app.workflow.conftest import ADMIN, DESK, enter
from viewer.records import Patient

MAIL = {"smtp_host": "mail.example.org", "smtp_sender": "desk@example.org"}
TEXTS = {"sms_kind": "gammu", "country": "FR"}


def set_up(clinic: Workstation, **more: str) -> None:
    admin = enter(clinic, ADMIN)
    settings = replace(configuring.clinic_settings(admin), **more)  # type: ignore[arg-type]
    configuring.save_settings(admin, settings)


def known(clinic: Workstation, email: str, phone: str) -> None:
    storage = clinic.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe", "MRN-1", email=email, phone=phone))


@pytest.mark.parametrize(
    ("ways", "email", "phone", "found"),
    [
        ({}, "zoe@example.org", "+33612345678", Reach.NO_WAY),
        (MAIL, "zoe@example.org", "", Reach.MESSAGE),
        (MAIL, "", "+33612345678", Reach.NO_ADDRESS),
        (TEXTS, "zoe@example.org", "06 12 34 56 78", Reach.MESSAGE),
        (TEXTS, "zoe@example.org", "", Reach.NO_ADDRESS),
        ({**MAIL, "ask_first": True}, "zoe@example.org", "", Reach.NO_ADDRESS),
    ],
)
def test_a_patient_hears_where_a_way_is_set_up_and_an_address_may_be_used(
    clinic: Workstation, ways: dict[str, str], email: str, phone: str, found: Reach
) -> None:
    set_up(clinic, **ways)
    known(clinic, email, phone)
    assert reach(enter(clinic, DESK), "p1") is found


def test_where_the_server_writes_the_workstation_needs_no_way_of_its_own(
    clinic: Workstation,
) -> None:
    set_up(clinic, server_url="https://127.0.0.1:1")
    storage = clinic.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.replica.set_peer(Peer(url="https://127.0.0.1:1", device_id="device"))
        remember_who_tells(work, server=True)
    assert reach(enter(clinic, DESK), "p1") is Reach.SERVER
