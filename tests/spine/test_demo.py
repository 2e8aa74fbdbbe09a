"""The whole job without a person, on the simulated example, offscreen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demo_does_all_nine_steps(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DISPLAY", None)
    told = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--example", "--out", str(tmp_path / "demo")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "All nine steps done" in told.stdout
    for left in ("report.pdf", "mail/01.eml", "sms/received.txt"):
        assert (tmp_path / "demo" / left).exists(), left
