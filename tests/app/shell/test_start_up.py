"""The sign-in window is there quickly, because it loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "vtkmodules", "llama_cpp", "highdicom", "pydicom", "app.pages.reading.page")
SCRIPT = """
import json, sys, time
start = time.process_time()
{before}
from pathlib import Path
from app.bootstrap import Workstation
from app.shell.run import make_application
from app.shell.window import MainWindow
from app.tasks import Tasks
application = make_application("dark")
tasks = Tasks()
window = MainWindow(Workstation(Path(sys.argv[1])), tasks)
window.show()
application.processEvents()
print(json.dumps([time.process_time() - start, sorted(sys.modules)]))
tasks.close()
"""


def start_up(tmp_path: Path, before: str = "") -> tuple[float, set[str]]:
    """Seconds of processor time until the window is shown, and the modules loaded by then."""
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(before=before), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    seconds, modules = json.loads(ended.stdout.splitlines()[-1])
    return seconds, set(modules)


def heavy(modules: set[str]) -> list[str]:
    return [name for name in HEAVY if name in modules]


def test_sign_in_window_is_shown_in_two_seconds_without_heavy_modules(tmp_path: Path) -> None:
    seconds, modules = start_up(tmp_path)
    assert heavy(modules) == []
    assert seconds < 2.0


def test_the_check_sees_a_heavy_module(tmp_path: Path) -> None:
    _, modules = start_up(tmp_path, before="import pydicom")
    assert heavy(modules) == ["pydicom"]
