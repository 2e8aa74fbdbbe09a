"""Claims about a disk that is full at the worst moment of a signature."""

from __future__ import annotations

import pytest

from app.bootstrap import Workstation
from app.errors import DiskFullError
from app.storage.anchor import Anchor
from app.workflow import reporting, reviewing, signing
from assistant.records import ReportStatus
from tests.app.workflow.conftest import DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import STUDY_UID, put_study, read_draft, see_today


def test_a_disk_full_right_after_the_signature_does_not_make_it_seem_to_have_failed(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("The disk is full.")

    doctor = enter(clinic, DOCTOR)
    put_study(doctor)
    see_today(doctor)
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    monkeypatch.setattr(Anchor, "keep", full)
    signed = signing.sign(doctor, draft.id, PASSWORD)
    assert signed.status is ReportStatus.FINAL
    again = enter(clinic, DOCTOR)
    assert reporting.verified(again, signed.id) == signed
