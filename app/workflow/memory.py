"""How much memory there is for images, and the refusal to load what would not fit.

Everything is forecast from what is stored before a byte of it is decrypted. Decrypted voxels live
in memory only: what does not fit is refused, never written to the disk in plain (ADR 9).
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.errors import MemoryBudgetError
from inference.pipeline.anatomy_outcome import AnatomyRun
from inference.records import Run
from viewer.records import Series

MIB = 1 << 20
SHARE = 0.5
"""Of the machine's memory, what images may take where the preferences say nothing."""
RESERVE = 256 * MIB
"""What stays free for the program and the system whatever is opened."""
PLANES = 1.3
"""What a volume takes with its planes, as a share of its voxels."""
LABEL_BYTES = 2
"""Per voxel of a label map: the map, and at most as much again for its outlines."""
HEAT_BYTES = 2
"""Per voxel of a heat map: float16."""

_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bytes a series takes once open: volume, outlines, heat map, and structures measured of it."""

    volume: int
    labels: int = 0
    heat: int = 0
    structures: int = 0

    @property
    def total(self) -> int:
        """Return all of it together."""
        return self.volume + self.labels + self.heat + self.structures


def forecast(series: Series, run: Run | None = None, anatomy: AnatomyRun | None = None) -> Forecast:
    """Return what a series will take, with what a run and a measuring laid over it.

    Nothing is read.
    """
    voxels = math.prod(series.shape)
    volume = round(voxels * np.dtype(series.dtype).itemsize * PLANES)
    structures = voxels * LABEL_BYTES if anatomy is not None and anatomy.label_file else 0
    if run is None:
        return Forecast(volume, structures=structures)
    has_heat = run.attribution is not None and bool(run.attribution.map_file)
    return Forecast(
        volume,
        labels=voxels * LABEL_BYTES if run.label_file else 0,
        heat=voxels * HEAT_BYTES if has_heat else 0,
        structures=structures,
    )


def budget_bytes(preferred_mb: int = 0) -> int:
    """Return what images may take in all: what was preferred, 0 for a share of the machine's.

    More than the machine has cannot be preferred.
    """
    whole = machine_bytes()
    wanted = preferred_mb * MIB if preferred_mb > 0 else round(whole * SHARE)
    return max(min(wanted, whole - RESERVE), 0)


def require_budget(wanted: int, held: int, budget: int) -> None:
    """Let go on what fits beside what is held, or raise MemoryBudgetError with the numbers."""
    if held + wanted > budget:
        raise MemoryBudgetError(
            f"Opening this needs {_mib(wanted)} of memory beside the {_mib(held)} in use; "
            f"{_mib(budget)} are allowed. Show fewer series at once, or raise the budget."
        )


def require_free(wanted: int) -> None:
    """Let go on what the machine has room for now, or raise MemoryBudgetError with the numbers.

    This is the last door before the decryption: it holds whatever a page has reckoned.
    """
    free = free_bytes()
    if wanted + RESERVE > free:
        raise MemoryBudgetError(
            f"Opening this needs {_mib(wanted)} of memory and {_mib(max(free - RESERVE, 0))} are "
            "free on this computer. Nothing was loaded; close other series or programs first."
        )


def machine_bytes() -> int:
    """Return how much memory the machine has, or its container may use."""
    return min(_machine()[0], _group_limit())


def free_bytes() -> int:
    """Return how much memory can be taken now without pushing anything out."""
    limit = _group_limit()
    free = _machine()[1]
    if limit < sys.maxsize:
        free = min(free, limit - _number(_GROUP / "memory.current", 0) + _reclaimable())
    return free


def _machine() -> tuple[int, int]:
    """Total and available bytes; where the system does not tell, half of the total."""
    if _MEMINFO.exists():
        lines = (line.split() for line in _MEMINFO.read_text("ascii").splitlines())
        kib = {words[0]: int(words[1]) for words in lines if len(words) > 1}
        return kib["MemTotal:"] * 1024, kib.get("MemAvailable:", kib["MemFree:"]) * 1024
    if sys.platform == "win32":
        status = _WindowsMemory()
        status.length = ctypes.sizeof(status)
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.total), int(status.available)
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return total, total // 2


class _WindowsMemory(ctypes.Structure):
    """MEMORYSTATUSEX of kernel32."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("available", ctypes.c_uint64),
        ("rest", ctypes.c_uint64 * 5),
    )


def _group_limit() -> int:
    """Return what the container (cgroup version 2) may use; without one, no limit."""
    return _number(_GROUP / "memory.max", sys.maxsize)


def _reclaimable() -> int:
    """Return what the container's file cache would give back."""
    try:
        lines = (_GROUP / "memory.stat").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))


def _number(path: Path, default: int) -> int:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return default


def _mib(size: int) -> str:
    return f"{size / MIB:,.0f} MiB"
