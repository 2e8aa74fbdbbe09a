"""Claims about acts cut short: done with their audit line, or not done at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import (
    AccountError,
    DiskFullError,
    LockedError,
    SignInError,
    UsernameTakenError,
    WeakPasswordError,
)
from app.records import AccountStatus, Role
from app.storage.keystore import Keystore
from app.storage.people import AccountShelf
from app.storage.work import Storage
from app.workflow import admitting, auditing
from app.workflow.signing_up import SignUp
from tests.app.workflow.conftest import (
    ADMIN,
    CHEAP,
    DESK,
    DOCTOR,
    PASSWORD,
    PATIENT,
    enter,
    sign_up,
)

NEW = "quite another sentence 9"


def _full(*_: object, **__: object) -> None:
    raise DiskFullError("The disk is full.")


def _actions(clinic: Workstation) -> list[str]:
    return [one.action for one in auditing.lines(enter(clinic, ADMIN)).entries]


def _found(workstation: Workstation) -> str:
    return workstation.clinic.found(
        clinic_name="Hillside", zone="UTC", name="Ada Root", username=ADMIN, password=PASSWORD
    )


@pytest.mark.parametrize("username", [DOCTOR, PATIENT])
def test_a_password_not_changed_leaves_no_line_that_says_so(
    clinic: Workstation, username: str
) -> None:
    session = enter(clinic, username)
    with pytest.raises(SignInError, match="present password"):
        clinic.clinic.change_password(session, "not the password", NEW)
    assert "password.changed" not in _actions(clinic)
    assert enter(clinic, username)


def test_a_full_disk_while_the_password_changes_leaves_the_old_one_and_no_line(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = enter(clinic, DOCTOR)
    with monkeypatch.context() as patch:
        patch.setattr(Keystore, "_write", _full)
        with pytest.raises(DiskFullError):
            clinic.clinic.change_password(session, PASSWORD, NEW)
    assert "password.changed" not in _actions(clinic)
    assert enter(clinic, DOCTOR)


@pytest.mark.parametrize("username", [DOCTOR, PATIENT])
def test_a_changed_password_is_noted_and_the_old_one_is_dead(
    clinic: Workstation, username: str
) -> None:
    clinic.clinic.change_password(enter(clinic, username), PASSWORD, NEW)
    assert "password.changed" in _actions(clinic)
    with pytest.raises(SignInError):
        enter(clinic, username)


def test_nobody_changes_a_password_after_signing_out(clinic: Workstation) -> None:
    session = enter(clinic, PATIENT)
    clinic.clinic.sign_out()
    with pytest.raises(LockedError):
        clinic.clinic.change_password(session, PASSWORD, NEW)


def test_an_approval_cut_short_is_repeated(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(clinic, Role.DOCTOR, "new", "Nora New")
    admin = enter(clinic, ADMIN)
    waiting = admitting.accounts(admin)[0]
    with monkeypatch.context() as patch:
        patch.setattr(AccountShelf, "put", _full)
        with pytest.raises(DiskFullError):
            admitting.approve(admin, waiting.id)
    assert admitting.accounts(admin)[0].status is AccountStatus.WAITING
    admitting.approve(admin, waiting.id)
    assert enter(clinic, "new").actor.practitioner_id


def test_staff_can_be_added_again_after_an_attempt_cut_short(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(clinic, ADMIN)
    form = SignUp(Role.RECEPTIONIST, "Eve Desk", "eve", PASSWORD)
    with monkeypatch.context() as patch:
        patch.setattr(AccountShelf, "put", _full)
        with pytest.raises(DiskFullError):
            admitting.add_staff(admin, form)
    admitting.add_staff(admin, form)
    assert enter(clinic, "eve")
    with pytest.raises(UsernameTakenError):
        admitting.add_staff(enter(clinic, ADMIN), form)


def test_an_account_is_closed_with_its_key_or_not_at_all(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(clinic, ADMIN)
    desk = next(one for one in admitting.accounts(admin) if one.username == DESK)
    with monkeypatch.context() as patch:
        patch.setattr(Keystore, "_write", _full)
        with pytest.raises(DiskFullError):
            admitting.close_account(admin, desk.id)
    assert "account.closed" not in _actions(clinic)
    assert enter(clinic, DESK)


def test_a_closed_person_does_not_open_the_workstation_for_others(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(clinic, ADMIN)
    desk = next(one for one in admitting.accounts(admin) if one.username == DESK)
    with monkeypatch.context() as patch:
        patch.setattr(Keystore, "remove_slot", lambda *_: None)  # the slot stays behind
        admitting.close_account(admin, desk.id)
    clinic.clinic.close()
    with pytest.raises(SignInError):
        enter(clinic, DESK)
    assert not clinic.clinic.is_open


@pytest.mark.parametrize("fault", ["add_slot", "_open", "kill"])
def test_a_first_start_cut_short_is_begun_anew(
    workstation: Workstation, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    with monkeypatch.context() as patch:
        if fault == "add_slot":
            patch.setattr(Keystore, "add_slot", _full)
        else:
            patch.setattr(Storage, "begin", _full)
        if fault == "kill":
            patch.setattr("app.workflow.founding.FoundingMark.undo", lambda _: None)
        with pytest.raises(DiskFullError):
            _found(workstation)
    assert not workstation.clinic.is_founded
    assert not workstation.clinic.is_open
    with pytest.raises(LockedError):
        enter(workstation, ADMIN)
    _found(workstation)
    assert enter(workstation, ADMIN).actor.role is Role.ADMINISTRATOR


def test_a_founded_clinic_is_never_thrown_away(clinic: Workstation) -> None:
    with pytest.raises(AccountError, match="already"):
        _found(clinic)
    assert enter(clinic, ADMIN)


def test_the_recovery_key_alone_lets_nobody_in(workstation: Workstation) -> None:
    key = _found(workstation)
    workstation.clinic.close()
    with pytest.raises(AccountError, match="administrator"):
        workstation.clinic.recover(key, "nobody", NEW)
    assert not workstation.clinic.is_open


def test_a_recovery_cut_short_leaves_no_line_and_can_be_repeated(
    workstation: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _found(workstation)
    workstation.clinic.close()
    with monkeypatch.context() as patch:
        patch.setattr(Keystore, "add_slot", _full)
        with pytest.raises(DiskFullError):
            workstation.clinic.recover(key, ADMIN, NEW)
    workstation.clinic.recover(key, ADMIN, NEW)
    session = workstation.clinic.sign_in(ADMIN, NEW)
    used = [one for one in auditing.lines(session).entries if one.action == "recovery-key.used"]
    assert len(used) == 1


def _do_all(clinic: Workstation) -> dict[str, Callable[[str], object]]:
    admin = enter(clinic, ADMIN)
    return {
        "sign_up": lambda word: clinic.clinic.sign_up(SignUp(Role.DOCTOR, "N N", "nn", word)),
        "add_staff": lambda word: admitting.add_staff(
            admin, SignUp(Role.RECEPTIONIST, "M M", "mm", word)
        ),
        "change_password": lambda word: clinic.clinic.change_password(admin, PASSWORD, word),
        "recover": lambda word: clinic.clinic.recover("x", ADMIN, word),
    }


@pytest.mark.parametrize("act", ["sign_up", "add_staff", "change_password", "recover"])
def test_where_there_is_no_keyring_staff_need_longer_passwords(
    clinic: Workstation, act: str
) -> None:
    with pytest.raises(WeakPasswordError, match=r"no keyring.*15 characters"):
        _do_all(clinic)[act]("brume-lampe-7")


def test_a_first_password_without_keyring_is_long_too(workstation: Workstation) -> None:
    with pytest.raises(WeakPasswordError, match="no keyring"):
        workstation.clinic.found(
            clinic_name="H", zone="UTC", name="A", username="a", password="brume-lampe-7"
        )
    assert not workstation.clinic.is_founded


def test_a_patients_password_opens_no_key_and_may_be_shorter(clinic: Workstation) -> None:
    clinic.clinic.sign_up(SignUp(Role.PATIENT, "Pia P", "pia", "brume-lampe-7"))
    assert clinic.clinic.sign_in("pia", "brume-lampe-7")


def test_a_sealed_request_nobody_here_made_keeps_nobody_out(clinic: Workstation) -> None:
    keystore = clinic.clinic._keystore
    clinic.clinic.close()
    whole: dict[str, object] = {
        "id": "x",
        "name": "Eve",
        "username": "eve",
        "email": "",
        "phone": "",
    }
    whole |= {"birth_date": "", "mrn": "", "specialty": "", "slot": {}}
    for payload in ({}, {**whole, "role": "administrator"}, {**whole, "role": "god"}):
        keystore.seal_sign_up(payload)
    keystore.seal_sign_up({**whole, "role": "doctor", "birth_date": "never"})
    accounts = admitting.accounts(enter(clinic, ADMIN))
    assert {one.username for one in accounts} == {ADMIN, DOCTOR, DESK, PATIENT}
    assert not list(Path(clinic.folder).glob("inbox/*.sealed"))


def test_no_page_gets_what_proves_a_password(clinic: Workstation) -> None:
    for account in admitting.accounts(enter(clinic, ADMIN)):
        assert account.verifier == ""
    for account in admitting.unmatched_patients(enter(clinic, DESK)):
        assert account.verifier == ""


def test_what_was_begun_before_signing_out_is_not_written_after(clinic: Workstation) -> None:
    session = enter(clinic, DOCTOR)
    clinic.clinic.sign_out()
    with pytest.raises(LockedError), session.begin():
        raise AssertionError("a transaction was opened for somebody who has left")


def test_lanes_that_race_to_sign_in_share_one_storage_and_one_session(
    clinic: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.clinic.close()
    opened: list[Storage] = []
    together = threading.Barrier(4)
    init, unlock = Storage.__init__, Keystore.unlock

    def counted(storage: Storage, *given: object) -> None:
        opened.append(storage)
        init(storage, *given)  # type: ignore[arg-type]  # as it was called

    def met(keystore: Keystore, username: str, password: str) -> bytes:
        together.wait(timeout=20)
        return unlock(keystore, username, password)

    monkeypatch.setattr(Storage, "__init__", counted)
    monkeypatch.setattr(Keystore, "unlock", met)
    with ThreadPoolExecutor(4) as lanes:
        sessions = list(lanes.map(lambda name: enter(clinic, name), [ADMIN, DOCTOR, DESK, ADMIN]))
    assert len(opened) == 1
    assert sum(not session.ended.is_set() for session in sessions) == 1


def test_another_program_start_sees_a_half_founded_folder_as_new(
    workstation: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("app.workflow.founding.FoundingMark.undo", lambda _: None)
        patch.setattr(Storage, "begin", _full)
        with pytest.raises(DiskFullError):
            _found(workstation)
    again = Workstation(workstation.folder, cost=CHEAP)
    try:
        assert not again.clinic.is_founded
        assert _found(again)
    finally:
        again.close()
