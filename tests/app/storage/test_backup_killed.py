"""Kill -9 at each step of a backup: the last good generation stays whole, the next one is made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.records import SYSTEM
from app.storage.backup_folder import BackupFolder
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY
from tests.app.storage.test_backup import add_study, checked, made, studies_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
ROOT = Path(__file__).resolve().parents[3]


class Backups:
    """A process that makes backups which are killed."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def killed(self, how: str, at: int, home: Path, stick: Path) -> bool:
        """Make a backup that dies at its n-th write; False if it was done before that."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(how, at, home, stick, file=self._server.stdin, flush=True)
        said = self._server.stdout.readline().strip()
        assert said in {"killed", "made 0"}
        return said == "killed"


@pytest.fixture(scope="module")
def backups() -> Iterator[Backups]:
    command = [sys.executable, "-m", "tests.app.storage.backup_worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        yield Backups(server)
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)


@pytest.fixture
def home(storage: Storage, tmp_path: Path) -> Path:
    """A closed home with two studies, and a stick that holds the backup of the first."""
    (tmp_path / "stick").mkdir()
    (storage.folder / "keystore.json").write_bytes(b"a keystore stands here")
    add_study(storage, 0)
    made(storage, tmp_path / "stick")
    add_study(storage, 1)
    storage.close()
    return storage.folder


def campaign(backups: Backups, home: Path, how: str, stride: int) -> int:
    """Kill at every n-th step until one is made; return how many were killed."""
    stick = home.parent / "stick"
    for kills, at in enumerate(range(1, 1000, stride)):
        died = backups.killed(how, at, home, stick)
        storage = Storage(home, MASTER_KEY)
        folder = BackupFolder.of(stick, storage.clinic_id())
        for generation in folder.generations():
            assert checked(storage, stick, generation.name).faults == (), at
        storage.close()
        if not died:
            return kills
    pytest.fail("no backup was ever made")


def test_a_kill_at_any_step_leaves_every_generation_that_counts_whole(
    backups: Backups, home: Path
) -> None:
    assert campaign(backups, home, "sound", stride=2) >= 8
    assert studies_in(home.parent / "stick", home.parent) == {"1.0", "1.1"}


@pytest.mark.slow
def test_a_kill_at_every_single_step(backups: Backups, home: Path) -> None:
    assert campaign(backups, home, "sound", stride=1) >= 16


def test_a_backup_written_in_its_place_would_be_seen(backups: Backups, home: Path) -> None:
    """The broken variant: without the rename a half generation counts as the newest."""
    with pytest.raises(AssertionError, match="The list of this backup"):
        campaign(backups, home, "in-place", stride=2)


def test_a_kill_while_restoring_leaves_no_half_home(
    backups: Backups, home: Path, tmp_path: Path
) -> None:
    stick, new = tmp_path / "stick", tmp_path / "new"
    for at in range(1, 1000, 3):
        died = backups.killed("restore", at, new, stick)
        if new.exists():
            storage = Storage(new, MASTER_KEY)
            with storage.begin(SYSTEM) as work:
                assert [one.study_uid for one in work.worklist.entries(limit=9)] == ["1.0"]
                (series,) = work.series.of_study("1.0")
            storage.pixels.get(series.pixel_file)
            storage.close()
        if not died:
            assert new.exists()
            assert at > 9
            return
        for left in (new, new.with_name("new.restoring")):
            shutil.rmtree(left, ignore_errors=True)
    pytest.fail("nothing was ever restored")
