"""Claims about kill -9 while a report is typed: at most two seconds of it are lost."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.workflow import reading
from tests.app.workflow.conftest import DOCTOR, enter

ROOT = Path(__file__).resolve().parents[2]
LOST_S = 2.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")


@dataclass(frozen=True)
class Typed:
    """What a killed reader had typed: the study, and when every key was struck."""

    study_uid: str
    moments: list[float]

    @property
    def due(self) -> int:
        """Keys struck two seconds or more before the last one known."""
        return sum(moment <= self.moments[-1] - LOST_S for moment in self.moments)


def typed_until_killed(folder: Path, variant: str, seconds: float) -> Typed:
    """Type for so long, then kill the program."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.spine.typing_reader", str(folder), variant],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    study, moments, killed = "", [], False
    with child.stdout as heard:
        for line in heard:
            kind, *words = line.split()
            if kind == "study":
                study = words[0]
            elif kind == "key" and line.endswith("\n"):
                moments.append(float(words[1]))
            if not killed and moments and moments[-1] - moments[0] >= seconds:
                child.kill()
                killed = True
    child.wait()
    assert killed, "the reader stopped typing"
    return Typed(study, moments)


def stored(folder: Path, study_uid: str) -> str:
    again = Workstation(folder, cost=KdfCost.TESTING)
    try:
        report = reading.open_study(enter(again, DOCTOR), study_uid).report
        assert report is not None
        return report.section("Clinical question")
    finally:
        again.close()


def kill_and_compare(folder: Path, variant: str, seconds: float) -> None:
    """Fail if more than two seconds of typing are lost or other words kept."""
    typed = typed_until_killed(folder, variant, seconds)
    kept = stored(folder, typed.study_uid)
    letters = ("abcdefghij" * (len(typed.moments) // 10 + 2))[: len(kept)]
    assert kept == letters
    assert len(kept) >= typed.due > 0


@pytest.fixture
def folder(clinic: Workstation) -> Path:
    clinic.close()
    return clinic.folder


def test_a_kill_while_typing_without_a_pause_loses_at_most_two_seconds(folder: Path) -> None:
    kill_and_compare(folder, "as-it-is", random.Random(5).uniform(3.0, 4.5))


@pytest.mark.parametrize("variant", ["never-saved", "put-off-by-every-key"])
def test_an_editor_that_does_not_save_while_typing_is_found(folder: Path, variant: str) -> None:
    with pytest.raises(AssertionError):
        kill_and_compare(folder, variant, 3.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_twenty_kills_while_typing(folder: Path, seed: int) -> None:
    kill_and_compare(folder, "as-it-is", random.Random(seed).uniform(2.2, 8.0))
