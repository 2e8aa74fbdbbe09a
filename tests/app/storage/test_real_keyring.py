"""Claims about a real keyring of the operating system (gnome-keyring on a D-Bus of its own)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ACT = "tests.app.storage.keyring_act"

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="gnome-keyring and dbus-run-session are not installed",
)


def _run(home: Path, folder: Path, act: str, *, keyring: bool = True) -> str:
    command = [sys.executable, "-m", ACT, str(folder), act]
    if keyring:
        unlock = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "
        command = ["dbus-run-session", "--", "bash", "-c", unlock + 'exec "$@"', "act", *command]
    environment = {
        **{
            k: v
            for k, v in os.environ.items()
            if k not in {"SAGITTAL_KEYRING", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS"}
        },
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home),
    }
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return told.stdout.strip().splitlines()[-1]


def test_the_password_opens_only_together_with_the_real_keyring(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "clinic"
    home.mkdir(mode=0o700)
    folder.mkdir()
    assert "password and keyring" in _run(home, folder, "make")
    assert _run(home, folder, "open") == "open"
    assert _run(home, folder, "open", keyring=False) == "shut"
    other = tmp_path / "other-home"
    other.mkdir(mode=0o700)
    assert _run(other, folder, "open") == "shut"
