"""What an analysis may take of the machine's memory, and that it takes no more.

Three guards, from the inside out: the child limits its own private memory, so that an allocation
fails and a smaller batch is tried; the parent watches the child's resident memory and ends it;
and the child offers itself first to the system's out-of-memory killer. Where the system lacks
one of them (Linux has all three) the others stand.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

MIB = 1 << 20
_SHARE = 0.6
_CGROUP = Path("/sys/fs/cgroup")
_UNKNOWN_BYTES = 2048 * MIB
_FEWEST_BYTES = 256 * MIB


def budget_bytes(wanted_mb: int) -> int:
    """Return what one analysis may take: ``wanted_mb``, but never more than most of what is free.

    0 wants as much as there may be.
    """
    free = available_bytes()
    share = int(_SHARE * free) if free is not None else _UNKNOWN_BYTES
    return min(wanted_mb * MIB, share) if wanted_mb else share


def available_bytes(cgroup: Path = _CGROUP) -> int | None:
    """Return what the machine, or the container it runs in, has free; None if nothing says so."""
    known = [_meminfo("MemAvailable"), _container_rest(cgroup)]
    return min((value for value in known if value is not None), default=None)


def private_bytes(pid: int | str = "self") -> int | None:
    """Return the resident memory a process shares with no file or other process, or None."""
    return _status(pid, "RssAnon")


def confine(floor: int, budget: int) -> None:
    """Let this process hold ``budget`` bytes beside the ``floor`` it held when it was ready."""
    if sys.platform != "linux":
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = floor + max(budget, _FEWEST_BYTES)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def bound(wanted_mb: int = 0) -> None:
    """Bound this process as an analysis is bound, from what it holds now; see ``budget_bytes``."""
    die_first()
    confine(data_bytes(), budget_bytes(wanted_mb))


def data_bytes() -> int:
    """Return the private address space of this process, which RLIMIT_DATA counts; 0 if unknown."""
    return _status("self", "VmData") or 0


def die_first() -> None:
    """Let the system end this process before others when memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _status(pid: int | str, field: str) -> int | None:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return _kibibytes(text, field)


def _meminfo(field: str) -> int | None:
    try:
        return _kibibytes(Path("/proc/meminfo").read_text(encoding="ascii"), field)
    except OSError:
        return None


def _kibibytes(text: str, field: str) -> int | None:
    for line in text.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) << 10
    return None


def _container_rest(cgroup: Path) -> int | None:
    """Return what the control group (version 2) leaves; files it cached count as free."""
    try:
        most = (cgroup / "memory.max").read_text(encoding="ascii").strip()
        held = int((cgroup / "memory.current").read_text(encoding="ascii"))
        rows = (cgroup / "memory.stat").read_text(encoding="ascii").splitlines()
        cached = sum(int(row.split()[1]) for row in rows if row.startswith("inactive_file "))
        return max(0, int(most) - held + cached)
    except (OSError, ValueError):
        return None
