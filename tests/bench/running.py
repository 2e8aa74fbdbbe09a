"""Each measurement is a process of its own: started, listened to, its memory watched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "bench" / "home"
_SCREEN = "-screen 0 1920x1920x24"
_MOST_SECONDS = 900.0
_SAMPLE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process printed, or why there is nothing."""

    facts: Mapping[str, Any]
    reason: str = ""

    @property
    def ms(self) -> list[float]:
        return list(self.facts.get("ms", ()))


def peers_python() -> Path:
    """The interpreter of the peers' environment; see the Makefile's bench-viewer."""
    return Path(os.environ.get("PEERS_PYTHON", ROOT / "var" / "peers" / "bin" / "python"))


def run_ours(module: str, *arguments: object) -> Outcome:
    """Run a module of tests.bench.ours, headless, to its end."""
    return _run([sys.executable, "-m", "tests.bench.ours", module], arguments, _ours())


def run_peer(module: str, *arguments: object, screen: bool = False) -> Outcome:
    """Run a module of tests.bench.peers in the peers' environment, on a virtual screen if need be.

    A peer that is not there, or dies, gives no figures but a reason.
    """
    python = peers_python()
    if not python.is_file():
        return Outcome({}, "the peers' environment is not installed (make bench-viewer)")
    try:
        command = [*_on_screen(screen), str(python), "-m", f"tests.bench.peers.{module}"]
    except FileNotFoundError as error:
        return Outcome({}, str(error))
    return _run(command, arguments, _theirs())


def _run(command: list[str], arguments: Sequence[object], env: dict[str, str]) -> Outcome:
    try:
        done = subprocess.run(
            [*command, *map(str, arguments)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome({}, f"no answer within {_MOST_SECONDS:.0f} s")
    if done.returncode:
        return Outcome({}, _last_line(done.stderr)[:300] or f"it ended with {done.returncode}")
    return Outcome(json.loads(_last_line(done.stdout)))


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes (proportional set size, all processes) at a step: most on the way, and at rest."""

    peak: int
    rest: int


def watch(command: Sequence[str], env: dict[str, str]) -> tuple[dict[str, Held], str]:
    """Run a process that stops at each step it prints; what it held, and why not if it died."""
    steps: dict[str, Held] = {}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        words: list[str] = []
        errors = process.stderr
        reader = threading.Thread(target=lambda: words.extend(errors), daemon=True)
        reader.start()
        while True:
            with Sampler(process.pid) as sampler:
                line = process.stdout.readline()
            if not line:
                break
            if not line.startswith("{"):
                continue
            steps[json.loads(line)["step"]] = Held(sampler.peak, tree_bytes(process.pid))
            process.stdin.write("\n")
            process.stdin.flush()
        process.wait()
        reader.join()
    return steps, (_last_line("".join(words))[:300] if process.returncode else "")


def watch_ours(module: str, *arguments: object) -> tuple[dict[str, Held], str]:
    """``watch`` for a module of tests.bench.ours."""
    command = [sys.executable, "-m", "tests.bench.ours", module, *map(str, arguments)]
    return watch(command, _ours())


def watch_peer(module: str, *arguments: object) -> tuple[dict[str, Held], str]:
    """``watch`` for a module of tests.bench.peers on a screen; the screen's memory not counted."""
    python = peers_python()
    if not python.is_file():
        return {}, "the peers' environment is not installed (make bench-viewer)"
    try:
        start = [*_on_screen(True), str(python), "-m", f"tests.bench.peers.{module}"]
    except FileNotFoundError as error:
        return {}, str(error)
    return watch([*start, *map(str, arguments)], _theirs())


class Sampler:
    """Looks at the memory of a process and its children many times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over, self.peak = pid, threading.Event(), 0
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            self.peak = max(self.peak, tree_bytes(self._pid))
            self._over.wait(_SAMPLE_SECONDS)


def tree_bytes(pid: int) -> int:
    """Proportional set size of a process and all below it; shared pages are counted once."""
    return sum(_pss(one) for one in _tree(pid))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue
        for child in children:
            found += _tree(int(child))
    return found


def _pss(pid: int) -> int:
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        if name in {"Xvfb", "xvfb-run"}:
            return 0
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def wait_for_calm(load: float, seconds: float) -> float:
    """Wait until the machine is idle, at most so long; the load at the end."""
    deadline = time.monotonic() + seconds
    while os.getloadavg()[0] > load and time.monotonic() < deadline:
        time.sleep(5.0)
    return os.getloadavg()[0]


def _ours() -> dict[str, str]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "passive"}
    env.pop("DISPLAY", None)
    return env | {"VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow"}


def _theirs() -> dict[str, str]:
    """The peers' own settings live in a home of their own, empty at first."""
    HOME.mkdir(parents=True, exist_ok=True)
    dropped = {"DISPLAY", "QT_QPA_PLATFORM", "VTK_DEFAULT_OPENGL_WINDOW", "VIRTUAL_ENV"}
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    return env | {"HOME": str(HOME), "LIBGL_ALWAYS_SOFTWARE": "1", "PYTHONWARNINGS": "ignore"}


def _on_screen(screen: bool) -> list[str]:
    if not screen:
        return []
    found = shutil.which("xvfb-run")
    if found is None:
        raise FileNotFoundError("xvfb-run is not installed")
    return [found, "-a", "-s", _SCREEN]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
