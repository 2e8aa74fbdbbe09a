"""Claims about a clinic whose server writes to the patients: one sender, told everywhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.workflow import admitting, booking, notifying
from app.workflow.telling import tell
from scheduling.records import Notice, NoticeKind, NoticeState
from tests.app.workflow.conftest import DESK, DOCTOR, enter
from tests.app.workflow.samples import PATIENT_ID, first_slot, give_hours, put_study
from tests.scheduling.mailroom import Mailroom, mailroom
from tests.spine.conftest import turn
from tests.spine.test_two_workstations import _meet


def let_tell(server: CentralServer, folder: Path, room: Mailroom) -> None:
    """Give the server's own sender one turn, as its command does."""
    settings = folder / "notices.toml"
    settings.write_text(
        'clinic_name = "Hillside"\nsmtp_host = "127.0.0.1"\nsmtp_security = "none"\n'
        f'smtp_port = {room.port}\nsmtp_sender = "desk@hillside.example"\nquiet_hours = ""\n'
    )
    settings.chmod(0o600)
    words = ("--clinic", "Hillside", "--settings", str(settings), "--once")
    subprocess.run(server._command("tell", *words), check=True, capture_output=True, timeout=60)


def told(workstation: Workstation, appointment_id: str) -> dict[NoticeKind, NoticeState]:
    notices: tuple[Notice, ...] = notifying.notices(enter(workstation, DESK), appointment_id)
    return {one.kind: one.state for one in notices}


def test_the_server_tells_once_and_both_workstations_show_it(
    pair: tuple[Workstation, Workstation], server: CentralServer, tmp_path: Path
) -> None:
    one, two = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    admitting.update_contact(enter(one, DESK), PATIENT_ID, email="zoe@example.org", phone="")
    with mailroom() as room:
        let_tell(server, tmp_path, room)
        _meet(pair)
        desk = enter(one, DESK)
        visit = booking.book(desk, first_slot(desk), PATIENT_ID)
        assert told(one, visit.id) == {NoticeKind.PROVISIONAL: NoticeState.PLANNED}
        _meet(pair)
        assert NoticeKind.CONFIRMATION not in told(one, visit.id)
        let_tell(server, tmp_path, room)
        let_tell(server, tmp_path, room)
        _meet(pair)
        for workstation in pair:
            assert told(workstation, visit.id)[NoticeKind.CONFIRMATION] is NoticeState.ACCEPTED
        booking.cancel(enter(two, DESK), visit.id)
        assert turn(two) == ""
        let_tell(server, tmp_path, room)
        _meet(pair)
    subjects = [str(one["Subject"]).partition(":")[0].strip() for one in room.received]
    assert subjects == ["Appointment confirmed", "Appointment cancelled"]
    for workstation in pair:
        assert told(workstation, visit.id)[NoticeKind.CANCELLATION] is NoticeState.ACCEPTED


def test_a_move_the_server_refused_is_told_by_the_workstation_for_nobody_else_knows(
    pair: tuple[Workstation, Workstation], server: CentralServer, tmp_path: Path
) -> None:
    one, _ = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    admitting.update_contact(enter(one, DESK), PATIENT_ID, email="zoe@example.org", phone="")
    with mailroom() as room:
        let_tell(server, tmp_path, room)
        _meet(pair)
        desk = enter(one, DESK)
        visit = booking.book(desk, first_slot(desk), PATIENT_ID)
        assert turn(one) == ""
    desk = enter(one, DESK)
    with desk.begin() as work:
        now = desk.now()
        booked = work.appointments.get(visit.id)
        assert booked is not None
        tell(work, booked, NoticeKind.CHANGE, now)
        assert not _kinds(work.notices.of_appointment(visit.id)) & {NoticeKind.CHANGE}
        tell(work, booked, NoticeKind.CHANGE, now, unheard=True)
        assert NoticeKind.CHANGE in _kinds(work.notices.of_appointment(visit.id))


def _kinds(notices: tuple[Notice, ...]) -> set[NoticeKind]:
    return {one.kind for one in notices}
