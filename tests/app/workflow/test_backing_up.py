"""Claims about a clinic's backups: all comes back, on another machine by the recovery key."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.__main__ import main
from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.errors import BackupError, SignInError
from app.records import Role
from app.storage import device_secret
from app.storage.keystore import Keystore
from app.storage.work import Storage
from app.workflow import admitting, auditing, backing_up, reporting
from app.workflow.backing_up import BackupState
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from tests.app.storage.test_keystore import Ring
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter, show_at_once
from tests.app.workflow.samples import see_today
from tests.app.workflow.signed_study import put_seen_study, sign_seen


def go(_fraction: float, _text: str, /) -> None:
    """Take progress and say nothing."""


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def admin(clinic: Workstation, stick: Path) -> Session:
    """The administrator, who has chosen where backups go."""
    session = enter(clinic, ADMIN)
    backing_up.choose(session, stick, daily=False)
    return session


def rows_of(storage: Storage) -> dict[str, str]:
    """Return a digest of every table's rows."""
    digests = {}
    with storage._reading() as connection:
        tables = connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ).all()
        for table in tables:
            rows = sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"')).all()))
            digests[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


def pixels_of(home: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (home / "pixels").glob("??/*")
    }


class Lost:
    """A clinic on a computer with a keyring, its backup, and then the computer is gone."""

    def __init__(self, tmp_path: Path, stick: Path, patch: pytest.MonkeyPatch) -> None:
        self.ring = Ring()
        patch.delenv("SAGITTAL_KEYRING", raising=False)
        patch.setattr(device_secret, "_ALLOWED", frozenset({Ring.__module__}))
        patch.setattr(device_secret.DeviceSecret.__init__, "__defaults__", (lambda: (self.ring,),))
        self.old = Workstation(tmp_path / "old", cost=KdfCost.TESTING)
        self.recovery_key = self.old.clinic.found(
            clinic_name="Hillside",
            zone="Europe/Paris",
            name="Ada Root",
            username=ADMIN,
            password=PASSWORD,
        )


def test_a_fresh_home_a_backup_and_the_recovery_key_give_everything_back(
    tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Patients, signed reports, pixels, audit trail: each row and each file the same."""
    lost = Lost(tmp_path, stick, monkeypatch)
    admin = enter(lost.old, ADMIN)
    show_at_once(admin)
    form = doctor_form()
    admitting.add_staff(admin, form)
    doctor = enter(lost.old, DOCTOR)
    study_uid = put_seen_study(doctor, tmp_path / "drop")
    report = sign_seen(doctor, study_uid)
    storage = lost.old.clinic.storage
    assert storage is not None
    session = enter(lost.old, ADMIN)
    backing_up.choose(session, stick, daily=False)
    rows: dict[str, str] = {}

    def freeze(_fraction: float, said: str, /) -> None:
        if said == "Copying the database" and not rows:
            rows.update(rows_of(storage))

    backing_up.back_up(session, freeze)
    assert backing_up.verify(session, go).sound
    pixels = pixels_of(tmp_path / "old")
    lost.old.close()
    lost.ring.held.clear()  # another computer: nothing in its keyring

    assert main(["restore", "--from", str(stick), "--home", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "recovery key" in said
    assert "enrol it again" in said
    assert pixels_of(tmp_path / "new") == pixels
    bare = Storage(tmp_path / "new", master_key_of(tmp_path / "new", lost))
    assert len(rows) > 20
    assert rows_of(bare) == rows
    bare.close()

    new = Workstation(tmp_path / "new", cost=KdfCost.TESTING)
    with pytest.raises(SignInError):
        enter(new, ADMIN)
    new.clinic.recover(lost.recovery_key, ADMIN, PASSWORD)
    back = enter(new, ADMIN)
    assert "holds" in auditing.verify(back)
    assert any(one.action == "backup.restored" for one in auditing.lines(back).entries)
    former = next(one for one in admitting.accounts(back) if one.username == DOCTOR)
    admitting.close_account(back, former.id)
    admitting.add_staff(back, replace(form, username="iris2"))
    reader = enter(new, "iris2")
    see_today(reader, report.patient_id)
    assert reporting.verified(reader, report.id) == report
    new.close()


def master_key_of(home: Path, lost: Lost) -> bytes:
    keystore = Keystore(home, device_secret.DeviceSecret(home), KdfCost.TESTING)
    return keystore.unlock_with_recovery(lost.recovery_key)


def doctor_form() -> SignUp:
    return SignUp(Role.DOCTOR, "Iris Moreau", DOCTOR, PASSWORD, specialty="Neurosurgery")


def test_on_the_same_machine_people_sign_in_as_before(
    clinic: Workstation,
    admin: Session,
    stick: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    backing_up.back_up(admin, go)
    clinic.close()
    assert main(["restore", "--from", str(stick), "--home", str(tmp_path / "new")]) == 0
    assert "as before" in capsys.readouterr().out
    again = Workstation(tmp_path / "new", cost=KdfCost.TESTING)
    assert len(admitting.accounts(enter(again, ADMIN))) == 4
    assert enter(again, DOCTOR)
    again.close()


def test_a_refusal_to_restore_is_told_in_a_sentence(
    clinic: Workstation, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", "--from", str(stick), "--home", str(tmp_path / "new")]) == 1
    assert "no backup" in capsys.readouterr().err


def test_each_backup_check_and_failure_is_recorded(
    clinic: Workstation, admin: Session, stick: Path
) -> None:
    backing_up.back_up(admin, go)
    backing_up.verify(admin, go)
    for image in stick.rglob("manifest.json"):
        image.write_bytes(b"{}")
    assert not backing_up.verify(admin, go).sound
    assert backing_up.state(admin).faults
    stick.rename(stick.with_name("pulled"))
    with pytest.raises(BackupError, match="connected"):
        backing_up.back_up(admin, go)
    told = backing_up.state(admin)
    assert "connected" in told.failure
    lines = [one for one in auditing.lines(admin).entries if one.action.startswith("backup.")]
    assert [(one.action, one.outcome) for one in lines] == [
        ("backup.failed", "failed"),
        ("backup.verified", "failed"),
        ("backup.verified", "ok"),
        ("backup.made", "ok"),
        ("backup.chosen", "ok"),
    ]
    stick.with_name("pulled").rename(stick)
    backing_up.back_up(admin, go)
    again = backing_up.state(admin)
    assert (again.failure, again.faults) == ("", ())
    assert backing_up.verify(admin, go).sound


def test_another_stick_in_the_place_of_the_first_is_begun_only_by_choice(
    admin: Session, stick: Path
) -> None:
    backing_up.back_up(admin, go)
    stick.rename(stick.with_name("first"))
    stick.mkdir()
    with pytest.raises(BackupError, match="another disk"):
        backing_up.back_up(admin, go)
    backing_up.choose(admin, stick, daily=False)
    with pytest.raises(BackupError, match="another disk"):
        backing_up.back_up(admin, go)
    backing_up.choose(admin, stick, daily=False, anew=True)
    assert backing_up.back_up(admin, go).generation.startswith("000001")


def test_a_folder_has_to_be_chosen_outside_the_workstation(
    clinic: Workstation, tmp_path: Path
) -> None:
    admin = enter(clinic, ADMIN)
    with pytest.raises(BackupError, match="Choose"):
        backing_up.back_up(admin, go)
    for folder in (tmp_path / "none", clinic.folder, clinic.folder / "pixels"):
        with pytest.raises(BackupError):
            backing_up.choose(admin, folder, daily=True)
    assert backing_up.state(admin) == BackupState()


def test_one_backup_at_a_time(admin: Session) -> None:
    refused: list[str] = []

    def meanwhile(_fraction: float, _text: str, /) -> None:
        if not refused:
            with pytest.raises(BackupError) as caught:
                backing_up.verify(replace(admin, ended=threading.Event()), go)
            refused.append(str(caught.value))

    backing_up.back_up(admin, meanwhile)
    assert "already" in refused[0]


@pytest.fixture
def daily(clinic: Workstation, stick: Path) -> Workstation:
    backing_up.choose(enter(clinic, ADMIN), stick, daily=True)
    return clinic


def at(workstation: Workstation, **later: float) -> bool:
    """Whether the program made a backup by itself so much later."""
    storage = workstation.clinic.storage
    assert storage is not None
    return backing_up.daily_turn(storage, workstation.clock() + timedelta(**later), go)


def test_a_backup_a_day_is_made_by_itself_and_checked_once_a_week(daily: Workstation) -> None:
    assert at(daily)
    first = backing_up.state(enter(daily, ADMIN))
    assert first.is_checked
    assert not at(daily, hours=23)
    assert at(daily, hours=25)
    second = backing_up.state(enter(daily, ADMIN))
    assert second.generation != first.generation
    assert second.checked == first.generation
    assert at(daily, days=8)
    assert backing_up.state(enter(daily, ADMIN)).is_checked


def test_what_fails_by_itself_is_tried_again_an_hour_later_and_recorded_once(
    daily: Workstation, stick: Path
) -> None:
    stick.rename(stick.with_name("pulled"))
    assert at(daily)
    assert not at(daily, minutes=30)
    assert at(daily, minutes=61)
    admin = enter(daily, ADMIN)
    assert "connected" in backing_up.state(admin).failure
    failures = [one for one in auditing.lines(admin).entries if one.action == "backup.failed"]
    assert len(failures) == 1
    stick.with_name("pulled").rename(stick)
    assert at(daily, minutes=130)
    assert backing_up.state(enter(daily, ADMIN)).failure == ""


def test_nothing_is_made_by_itself_unless_it_was_asked_for(admin: Session, clinic: Workstation):
    assert not at(clinic, days=3)
    assert clinic.backup_turn(go) is False


def test_after_a_week_without_a_backup_the_staff_are_told(
    clinic: Workstation, admin: Session, stick: Path
) -> None:
    def later(name: str, days: int) -> int:
        session = enter(clinic, name)
        return backing_up.days_without(
            replace(session, clock=lambda: clinic.clock() + timedelta(days=days))
        )

    assert later(ADMIN, 6) == 0
    assert later(ADMIN, 9) == 9
    assert later(DOCTOR, 9) == 9
    backing_up.back_up(enter(clinic, ADMIN), go)
    assert later(ADMIN, 6) == 0
    assert later(DOCTOR, 8) == 8
