"""Claims about a workstation restored from its own backup: the server gives back what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.storage.backup import back_up
from app.storage.restoring import restore
from app.workflow import admitting, auditing, releasing, reporting, reviewing, sending, signing
from app.workflow.ledger import ClinicLedger
from assistant.records import Report
from scheduling.records import Appointment, AppointmentStatus, NoticeState
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    give_hours,
    put_study,
    read_draft,
    see_today,
)
from tests.spine.conftest import Clock, turn
from tests.spine.test_server_restored import (
    Pair,
    booked,
    conflicts,
    enrol_again,
    history,
    meet,
    move,
    released,
    seen,
)


def go(_fraction: float, _text: str, /) -> None:
    """Take progress and say nothing."""


class Twin:
    """The first workstation's backup, and the machine it is restored to."""

    def __init__(self, one: Workstation, folder: Path, clock: Clock) -> None:
        self._one, self._folder, self._clock = one, folder, clock
        (folder / "stick").mkdir()
        self.restored: Workstation | None = None

    def back_up(self) -> None:
        storage = self._one.clinic.storage
        assert storage is not None
        back_up(storage, self._folder / "stick", self._clock(), go)

    def restore(self) -> Workstation:
        self._one.close()
        restore(self._folder / "stick", self._folder / "new", go)
        self.restored = Workstation(self._folder / "new", cost=KdfCost.TESTING, clock=self._clock)
        enter(self.restored, ADMIN)
        return self.restored


@pytest.fixture
def twin(pair: Pair, tmp_path: Path, clock: Clock) -> Iterator[Twin]:
    made = Twin(pair[0], tmp_path, clock)
    yield made
    if made.restored is not None:
        made.restored.close()


def accepted_draft(workstation: Workstation) -> Report:
    doctor = enter(workstation, DOCTOR)
    reviewing.accept(doctor, "f-1")
    return read_draft(doctor, STUDY_UID)


def stands(workstation: Workstation, visit: Appointment) -> bool:
    there = seen(workstation, visit)
    return there is not None and (there.starts, there.status) == (
        visit.starts,
        AppointmentStatus.BOOKED,
    )


def test_it_waits_until_it_is_enrolled_again_and_then_has_back_what_it_had_sent(
    pair: Pair, twin: Twin, server: CentralServer
) -> None:
    """Sent before and after the backup, signed from a draft in the backup, moved elsewhere."""
    one, two = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    draft = accepted_draft(one)
    early, waiting = booked(one), booked(one)
    twin.back_up()
    meet(pair)
    doctor = enter(one, DOCTOR)
    report = signing.sign(doctor, draft.id, PASSWORD)
    releasing.release(doctor, report.id)
    late = booked(one)
    meet(pair)
    moved = move(two, early)
    meet(pair)
    there = len(history(two))

    new = twin.restore()
    assert "Enrol it again" in turn(new)
    assert sending.status(enter(new, DESK)).held
    assert len(history(two)) == there
    enrol_again(new, server)
    meet((new, two))
    assert len(history(two)) == there, "something was sent a second time"
    assert conflicts((new, two)) == 0
    told = sending.status(enter(new, DESK))
    assert (told.held, told.waiting) == (False, 0)
    assert all(stands(new, visit) for visit in (waiting, late, moved))
    see_today(enter(new, DOCTOR))
    assert reporting.verified(enter(new, DOCTOR), report.id) == report
    assert released(new, report)
    assert "holds" in auditing.verify(enter(new, ADMIN))

    after = booked(new)
    meet((new, two))
    assert stands(two, after)


def test_a_signed_report_that_did_not_take_the_place_of_its_draft_would_be_seen(
    pair: Pair, twin: Twin, server: CentralServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ClinicLedger, "_is_own_draft", lambda *_: False)
    with pytest.raises(AssertionError):
        test_it_waits_until_it_is_enrolled_again_and_then_has_back_what_it_had_sent(
            pair, twin, server
        )


def test_a_message_that_may_have_gone_out_is_not_sent_again(
    pair: Pair, twin: Twin, clock: Clock
) -> None:
    """Two confirmations wait in the backup; what the first workstation did since nobody knows."""
    one, _ = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    match_contact(one)
    visit = booked(one)
    meet(pair)
    planned = notices_of(one, visit)
    assert NoticeState.PLANNED in planned.values()
    twin.back_up()
    new = twin.restore()
    after = notices_of(new, visit)
    due = [ident for ident, state in after.items() if state is NoticeState.UNKNOWN]
    assert due
    assert set(after) == set(planned)
    with enter(new, DESK).begin() as work:
        assert work.notices.due(new.clock()) == ()


def match_contact(workstation: Workstation) -> None:
    desk = enter(workstation, DESK)
    admitting.update_contact(desk, PATIENT_ID, email="zoe@example.org", phone="")


def notices_of(workstation: Workstation, visit: Appointment) -> dict[str, NoticeState]:
    with enter(workstation, DESK).begin() as work:
        return {one.id: one.state for one in work.notices.of_appointment(visit.id)}
