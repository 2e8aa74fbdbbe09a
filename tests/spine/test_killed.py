"""Claims about kill -9 in the middle of an import, a signature and a sync."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.workflow import booking, reading, reporting, worklist
from app.workflow.session import Session
from assistant.records import ReportStatus
from tests.app.workflow.conftest import DESK, DOCTOR, enter
from tests.app.workflow.samples import give_hours
from tests.spine.acts import signed_report
from tests.spine.conftest import Clock, turn
from tests.viewer.series_writer import write_series

ROOT = Path(__file__).resolve().parents[2]


def kill_during(folder: Path, act: str, after: int, *words: str, wait_s: float = 0.0) -> list[str]:
    """Run an act, kill it some time after so many acknowledgements; return those it gave."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.spine.acts", str(folder), act, *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    told: list[str] = []
    for line in child.stdout:
        if line.strip() not in {"ready", "done"}:
            told.append(line.strip())
        if len(told) >= after or line.strip() == "done":
            break
    threading.Event().wait(wait_s)
    child.kill()
    told.extend(line.strip() for line in child.stdout)
    child.wait()
    child.stdin.close()
    child.stdout.close()
    return [word for word in told if word not in {"ready", "done"}]


def check_imports(session: Session, acknowledged: list[str]) -> None:
    """Every acknowledged study is whole, and every listed study can be read."""
    listed = {entry.study_uid for entry in worklist.listed(session).entries}
    assert set(acknowledged) <= listed
    for study_uid in listed:
        for series in reading.open_study(session, study_uid).series:
            assert reading.load_volume(session, series.uid).voxels.shape == series.shape


def check_signatures(session: Session, acknowledged: list[str]) -> None:
    """Every acknowledged signature is there once, and no signed report lacks its envelope."""
    with session.begin() as work:
        listed = [entry.study_uid for entry in work.worklist.entries()]
        reports = [work.reports.of_study(uid) for uid in listed]
        signed = [one for one in reports if one and one.status is ReportStatus.FINAL]
        due = [
            one.resource_id
            for one in work.envelopes.due(session.now(), 10_000)
            if one.resource_type == "DiagnosticReport"
        ]
    assert set(acknowledged) <= {one.id for one in signed}
    assert sorted(due) == sorted(one.id for one in signed)
    for one in signed:
        assert reporting.verified(session, one.id) == one


def _clinic_folder(clinic: Workstation) -> Path:
    clinic.close()
    return clinic.folder


def _check_again(folder: Path, check: Callable[[Session], None]) -> None:
    again = Workstation(folder, cost=KdfCost.TESTING)
    try:
        check(enter(again, DOCTOR))
    finally:
        again.close()


def _drops(folder: Path, count: int) -> Path:
    for number in range(count):
        write_series(
            folder / f"{number:02d}", n=4, study=f"1.2.3.{number}", series=f"1.2.3.{number}.1"
        )
    return folder


def test_a_kill_during_import_loses_nothing_acknowledged(
    clinic: Workstation, tmp_path: Path
) -> None:
    folder = _clinic_folder(clinic)
    drops = _drops(tmp_path / "drops", 6)
    told = kill_during(folder, "import", 2, str(drops))
    assert told
    _check_again(folder, lambda session: check_imports(session, told))


def test_a_kill_during_signing_loses_and_doubles_nothing(clinic: Workstation) -> None:
    folder = _clinic_folder(clinic)
    told = kill_during(folder, "sign", 4)
    assert len(told) >= 4
    _check_again(folder, lambda session: check_signatures(session, told))


def test_a_signature_without_its_envelope_would_be_noticed(clinic: Workstation) -> None:
    folder = _clinic_folder(clinic)
    told = kill_during(folder, "sign-broken", 1)
    with pytest.raises(AssertionError):
        _check_again(folder, lambda session: check_signatures(session, told))


def test_a_kill_during_sync_sends_everything_exactly_once(
    pair: tuple[Workstation, Workstation], clock: Clock
) -> None:
    _kill_during_sync(pair, clock, kills=1)


def _kill_during_sync(pair: tuple[Workstation, Workstation], clock: Clock, kills: int) -> None:
    one, two = pair
    practitioner_id = give_hours(one)
    signed = signed_report(enter(one, DOCTOR))
    folder = one.folder
    one.close()
    for number in range(kills):
        kill_during(folder, "send", 0, wait_s=0.02 + 0.05 * number)
    again = Workstation(folder, cost=KdfCost.TESTING, clock=clock)
    try:
        enter(again, DESK)
        clock.later(hours=1)
        assert turn(again) == ""
        assert turn(two) == ""
        with enter(again, DOCTOR).begin() as work:
            assert work.envelopes.count_due() == 0
            assert not work.conflicts.open()
        there = enter(two, DOCTOR)
        assert reporting.history(there, signed.id) == (signed,)
        assert len(booking.availabilities(there, practitioner_id)) == 7
        with there.begin() as work:
            versions = {
                work.replica.version("Schedule", hours.id)
                for hours in work.availabilities.of_practitioner(practitioner_id)
            }
        assert versions == {"1"}
    finally:
        again.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_many_kills_during_import_and_signing(
    clinic: Workstation, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    folder = _clinic_folder(clinic)
    drops = _drops(tmp_path / "drops", 6)
    imported = kill_during(
        folder, "import", dice.randrange(4), str(drops), wait_s=dice.uniform(0, 0.8)
    )
    _check_again(folder, lambda session: check_imports(session, imported))
    signed = kill_during(folder, "sign", dice.randrange(1, 6), wait_s=dice.uniform(0, 0.1))
    _check_again(folder, lambda session: check_signatures(session, signed))


@pytest.mark.slow
@pytest.mark.parametrize("kills", [3, 6, 9])
def test_many_kills_during_sync(
    pair: tuple[Workstation, Workstation], clock: Clock, kills: int
) -> None:
    _kill_during_sync(pair, clock, kills)
