"""Claims about one data folder: one window at a time, and nothing to clear away after a crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import HomeInUseError
from app.storage.home_lock import NAME, HomeLock, holder_of


def start(folder: Path, *flags: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.app.storage.home_holder", str(folder), *flags]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def says(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


@pytest.mark.parametrize("broken", [False, True])
def test_a_second_program_on_the_same_folder_is_refused(tmp_path: Path, broken: bool) -> None:
    """A lock that holds nothing is seen: then both think the folder is theirs."""
    flags = ["--broken"] if broken else []
    first = start(tmp_path, *flags)
    assert says(first) == "open"
    second = start(tmp_path, *flags)
    assert says(second) == ("open" if broken else "refused")
    for program in (first, second):
        program.communicate("", timeout=30)


def test_who_is_refused_learns_where_and_since_when(tmp_path: Path) -> None:
    first = start(tmp_path)
    assert says(first) == "open"
    with pytest.raises(HomeInUseError, match="already open"):
        HomeLock(tmp_path)
    holder = holder_of(tmp_path)
    assert holder.is_here
    assert holder.since is not None
    assert abs(datetime.now(UTC) - holder.since) < timedelta(minutes=2)
    first.communicate("", timeout=30)
    HomeLock(tmp_path).release()


def test_after_a_crash_the_folder_opens_though_a_child_of_the_dead_lives_on(
    tmp_path: Path,
) -> None:
    first = start(tmp_path, "--child")
    child, word = says(first).split()
    assert word == "open"
    first.kill()
    first.wait(30)
    os.kill(int(child), 0)  # it is there
    HomeLock(tmp_path).release()
    os.kill(int(child), signal.SIGTERM)
    first.communicate(timeout=30)


@pytest.mark.parametrize("left", ["", "{", "[]", '{"computer": 3}', '{"computer": "a"}'])
def test_a_lock_file_left_behind_or_damaged_hinders_nobody(tmp_path: Path, left: str) -> None:
    (tmp_path / NAME).write_text(left)
    assert holder_of(tmp_path).is_here
    lock = HomeLock(tmp_path)
    assert holder_of(tmp_path).since is not None
    lock.release()


def test_a_folder_on_the_network_says_which_computer_has_it_open(tmp_path: Path) -> None:
    said = {"computer": "ward-3", "since": datetime.now(UTC).isoformat()}
    (tmp_path / NAME).write_text(json.dumps(said))
    assert not holder_of(tmp_path).is_here


def test_a_disk_that_knows_no_locks_is_opened_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def unknown(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unknown)
    HomeLock(tmp_path).release()
