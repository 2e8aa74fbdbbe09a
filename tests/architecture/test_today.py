"""Which day it is, is asked of one function: a moment in UTC has no day of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app", "scheduling", "assistant", "sync")
_DAY_OF_NOW = re.compile(
    r"(utc_)?now\([^()]*\)\s*\.date\(|date\.today\(|\.today\(\)\.date\(|_clock\(\)\s*\.date\("
)


def _askers(source: str) -> list[str]:
    return [found.group() for found in _DAY_OF_NOW.finditer(source)]


def test_nobody_takes_the_day_of_the_moment_in_utc() -> None:
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    faults = {str(path): _askers(path.read_text("utf-8")) for path in files}
    assert not {path: asked for path, asked in faults.items() if asked}


@pytest.mark.parametrize(
    "written",
    [
        "today = session.now().date()",
        "day = datetime.now(tz=UTC).date()",
        "day = date.today()",
        "day = utc_now().date()",
    ],
)
def test_a_day_taken_from_utc_is_noticed(written: str) -> None:
    assert _askers(written)
