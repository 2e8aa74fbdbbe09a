"""Claims about kill -9 while a reader edits: nothing acknowledged is lost, nothing is half done."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.errors import NothingToUndoError
from app.workflow import journal
from app.workflow.session import Session
from tests.app.workflow.samples import STUDY_UID
from tests.spine.edits import Act, Expected, at_work, found, prepare, untouched

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Heard:
    """What a reader told until it died: the acts acknowledged, and the one it was at."""

    acknowledged: list[Act] = field(default_factory=list)
    begun: Act | None = None

    def take(self, line: str) -> str:
        """Take a line in; return its first word."""
        word, _, rest = line.strip().partition(" ")
        assert word, "the reader stopped editing"
        if word == "will":
            self.begun = json.loads(rest)
        elif word == "ack":
            assert self.begun is not None
            self.acknowledged.append(self.begun)
            self.begun = None
        return word


class Readers:
    """Readers that edit until they are killed."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def killed(
        self, variant: str, folder: Path, seed: int, seconds: float, acks: int, spin_s: float
    ) -> Heard:
        """Kill a reader after so many acts and a moment; return what it told."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(variant, seed, seconds, folder, file=self._server.stdin, flush=True)
        heard, pid, word = Heard(), 0, ""
        while not pid or (len(heard.acknowledged) < acks and word != "now"):
            line = self._server.stdout.readline()
            word = heard.take(line)
            pid = int(line.split()[1]) if word == "pid" else pid
        until = time.perf_counter() + spin_s
        while time.perf_counter() < until:
            pass
        os.kill(pid, signal.SIGKILL)
        while heard.take(self._server.stdout.readline()) != "dead":
            pass
        return heard


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    command = [sys.executable, "-m", "tests.spine.editing_worker"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SAGITTAL_KEYRING": "none"},
    ) as server:
        yield Readers(server)
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic with one analysed study, to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGITTAL_KEYRING", "none")
        prepare(folder)
    return folder


class Study:
    """One study, edited and killed again and again, and what it should be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.acknowledged = self.extra = self.kills = 0
        self._seconds = 0.0
        self.expected = self._opened(untouched)

    def kill(self, readers: Readers, variant: str, dice: random.Random) -> list[str]:
        """Let a reader edit and kill it; return what is not as it was promised."""
        heard = readers.killed(
            variant,
            self.folder,
            dice.getrandbits(32),
            self._seconds,
            dice.randint(1, 12) if variant == "sound" else sys.maxsize,
            dice.uniform(0, 0.03),
        )
        for act in heard.acknowledged:
            self.expected = self.expected.after(act)
            self._seconds = act["at"]
        self.acknowledged += len(heard.acknowledged)
        self.kills += 1
        here = self._opened(found)
        wrong = _differences(here, self.expected)
        if wrong and heard.begun is not None:
            one_more = self.expected.after(heard.begun)
            if not _differences(here, one_more):
                self.expected, self._seconds, wrong = one_more, heard.begun["at"], []
                self.extra += 1
        return wrong

    def undo_and_redo_everything(self) -> None:
        """The stack leads back to the untouched study, and forward to where it was."""
        self._opened(self._there_and_back)

    def _there_and_back(self, session: Session) -> None:
        before = found(session)
        undone = _until_nothing(journal.undo, session)
        assert undone == len(self.expected.done)
        back = found(session)
        for name in ("annotations", "key images", "labels", "finding", "report"):
            assert back[name] == self._untouched[name]
        redone = _until_nothing(journal.redo, session)
        assert redone == undone + len(self.expected.undone)
        for _ in self.expected.undone:
            journal.undo(session, STUDY_UID)
        after = found(session)
        assert {**after, "audit": 0} == {**before, "audit": 0}

    def _opened(self, look):
        workstation = Workstation(self.folder, cost=KdfCost.TESTING)
        try:
            session = at_work(workstation, [self._seconds])
            if look is untouched:
                self._untouched = found(session)
            return look(session)
        finally:
            workstation.close()


def _differences(here: dict[str, object], expected: Expected) -> list[str]:
    there = expected.seen()
    return [name for name in there if here[name] != there[name]]


def _until_nothing(turn, session: Session) -> int:
    count = 0
    while True:
        try:
            turn(session, STUDY_UID)
        except NothingToUndoError:
            return count
        count += 1


@pytest.fixture
def study(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    shutil.copytree(prepared, tmp_path / "home")
    return Study(tmp_path / "home")


def test_killed_while_editing_nothing_acknowledged_is_lost_and_undo_still_works(
    readers: Readers, study: Study
) -> None:
    dice = random.Random(4)
    for _ in range(4):
        assert study.kill(readers, "sound", dice) == []
    assert study.acknowledged >= 4
    study.undo_and_redo_everything()


@pytest.mark.parametrize("variant", ["early", "torn", "half_undone"])
def test_a_broken_order_of_writes_shows(readers: Readers, study: Study, variant: str) -> None:
    """The broken variants: each is killed while the fault lies open."""
    assert study.kill(readers, variant, random.Random(1)) != []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(10))
def test_hundreds_of_kills_while_editing(readers: Readers, study: Study, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(30):
        assert study.kill(readers, "sound", dice) == []
    study.undo_and_redo_everything()
    print(f"{study.kills} kills, {study.acknowledged} acts, {study.extra} one more than told")  # noqa: T201 - the record of the campaign
