"""Claims about who can get in, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import (
    AccountError,
    DamagedFileError,
    ForbiddenError,
    LockedError,
    SignInError,
    UsernameTakenError,
    WeakPasswordError,
)
from app.pages.page import words_for
from app.records import AccountStatus, Role
from app.workflow import admitting, auditing, booking, worklist
from app.workflow.signing_up import SignUp
from assistant.phrases import phrases
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


def test_first_start_makes_an_administrator_and_a_recovery_key(workstation: Workstation) -> None:
    assert not workstation.clinic.is_founded
    key = workstation.clinic.found(
        clinic_name="Hillside", zone="Europe/Paris", name="Ada", username=ADMIN, password=PASSWORD
    )
    assert len(key.replace("-", "").replace(" ", "")) >= 52
    assert enter(workstation, ADMIN).actor.role is Role.ADMINISTRATOR


def test_a_clinic_is_founded_once(clinic: Workstation) -> None:
    with pytest.raises(AccountError):
        clinic.clinic.found(
            clinic_name="Again", zone="UTC", name="Eve", username="eve", password=PASSWORD
        )


def test_a_doctor_waits_for_approval(clinic: Workstation) -> None:
    told = sign_up(clinic, Role.DOCTOR, "new", "Nora New")
    assert "approval" in told
    with pytest.raises(SignInError):
        enter(clinic, "new")
    admin = enter(clinic, ADMIN)
    waiting = admitting.accounts(admin)[0]
    assert waiting.status is AccountStatus.WAITING
    admitting.approve(admin, waiting.id)
    assert enter(clinic, "new").actor.practitioner_id


def test_a_wrong_password_and_an_unknown_name_are_told_alike(clinic: Workstation) -> None:
    with pytest.raises(SignInError) as wrong:
        clinic.clinic.sign_in(DOCTOR, "not the password")
    with pytest.raises(SignInError) as unknown:
        clinic.clinic.sign_in("nobody", "not the password")
    assert str(wrong.value) == str(unknown.value)


def test_wrong_tries_are_slowed_down_but_never_locked_out(clinic: Workstation) -> None:
    for _ in range(2):
        with pytest.raises(SignInError):
            clinic.clinic.sign_in(DOCTOR, "not the password")
    with pytest.raises(SignInError, match="Too many"):
        clinic.clinic.sign_in(DOCTOR, PASSWORD)
    assert enter(clinic, ADMIN)


def test_a_weak_password_is_refused(workstation: Workstation) -> None:
    with pytest.raises(WeakPasswordError):
        workstation.clinic.found(
            clinic_name="H", zone="UTC", name="A", username="a", password="short"
        )


def test_a_name_is_taken_once(clinic: Workstation) -> None:
    with pytest.raises(UsernameTakenError):
        sign_up(clinic, Role.PATIENT, DOCTOR.upper(), "Somebody Else")


def test_a_patient_cannot_open_a_locked_workstation(clinic: Workstation) -> None:
    clinic.clinic.close()
    with pytest.raises(SignInError, match="staff"):
        enter(clinic, PATIENT)
    enter(clinic, DESK)
    assert enter(clinic, PATIENT).actor.role is Role.PATIENT


def test_a_sign_up_on_a_locked_workstation_is_kept_sealed(clinic: Workstation) -> None:
    clinic.clinic.close()
    sign_up(clinic, Role.PATIENT, "late", "Late Canary")
    for path in Path(clinic.folder).rglob("*"):
        assert not path.is_file() or b"Canary" not in path.read_bytes(), path
    enter(clinic, DESK)
    assert enter(clinic, "late").actor.name == "Late Canary"


def test_everything_is_there_again_after_a_restart(clinic: Workstation) -> None:
    clinic.close()
    again = Workstation(clinic.folder, cost=CHEAP)
    try:
        assert len(admitting.accounts(enter(again, ADMIN))) == 4
    finally:
        again.close()


def test_the_recovery_key_opens_the_clinic_and_replaces_a_password(
    workstation: Workstation,
) -> None:
    key = workstation.clinic.found(
        clinic_name="Hillside", zone="UTC", name="Ada", username=ADMIN, password=PASSWORD
    )
    workstation.clinic.close()
    workstation.clinic.recover(key, ADMIN, "quite another sentence 9")
    assert workstation.clinic.sign_in(ADMIN, "quite another sentence 9")
    with pytest.raises(SignInError):
        workstation.clinic.sign_in(ADMIN, PASSWORD)


def test_with_device_json_damaged_the_clinic_says_so_and_the_recovery_key_opens_it(
    workstation: Workstation,
) -> None:
    key = workstation.clinic.found(
        clinic_name="Hillside", zone="UTC", name="Ada", username=ADMIN, password=PASSWORD
    )
    workstation.close()
    for name in ("device.json", "device.previous.json"):
        (workstation.folder / name).write_bytes(b"{")
    again = Workstation(workstation.folder, cost=CHEAP)
    with pytest.raises(DamagedFileError, match=r"device\.json .* damaged") as caught:
        again.clinic.sign_in(ADMIN, PASSWORD)
    told = words_for(caught.value, phrases("de"))
    assert told.startswith("Eine Datei dieses Computers (device.json) ist beschädigt")
    assert (workstation.folder / "device.json").read_bytes() == b"{"
    again.clinic.recover(key, ADMIN, "quite another sentence 9")
    assert again.clinic.sign_in(ADMIN, "quite another sentence 9")
    again.close()


def test_a_session_is_dead_after_sign_out(clinic: Workstation) -> None:
    session = enter(clinic, DOCTOR)
    clinic.clinic.sign_out()
    with pytest.raises(LockedError):
        worklist.listed(session)


def test_a_refusal_is_audited(clinic: Workstation) -> None:
    patient = enter(clinic, PATIENT)
    with pytest.raises(ForbiddenError):
        worklist.listed(patient)
    entries = auditing.lines(enter(clinic, ADMIN)).entries
    assert any(one.action == "access.refused" and one.role == "patient" for one in entries)
    assert "holds" in auditing.verify(enter(clinic, ADMIN))


def test_an_unmatched_patient_sees_nothing(clinic: Workstation) -> None:
    with pytest.raises(ForbiddenError):
        booking.my_appointments(enter(clinic, PATIENT))


def test_a_closed_account_cannot_come_back(clinic: Workstation) -> None:
    admin = enter(clinic, ADMIN)
    desk = next(one for one in admitting.accounts(admin) if one.username == DESK)
    admitting.close_account(admin, desk.id)
    with pytest.raises(SignInError):
        enter(clinic, DESK)


def test_a_doctor_of_the_same_name_is_somebody_else(clinic: Workstation) -> None:
    first = enter(clinic, DOCTOR).actor
    admin = enter(clinic, ADMIN)
    form = SignUp(Role.DOCTOR, first.name, "iris2", PASSWORD, specialty="Neurosurgery")
    second = admitting.add_staff(admin, form)
    assert second.practitioner_id != first.practitioner_id


def test_a_doctor_who_comes_back_is_the_same_practitioner(clinic: Workstation) -> None:
    first = enter(clinic, DOCTOR).actor
    admin = enter(clinic, ADMIN)
    admitting.close_account(admin, first.account_id)
    form = SignUp(Role.DOCTOR, first.name, "iris2", PASSWORD, specialty="Neurosurgery")
    assert admitting.add_staff(admin, form).practitioner_id == first.practitioner_id
