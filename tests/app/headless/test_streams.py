"""What becomes of answers when a stream of the caller's is closed, full or no longer read."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from app.headless import streams
from app.headless.streams import Answers, UnheardError, answers_alone, say

ROOT = Path(__file__).resolve().parents[3]
SPEAKING = """
import os
from app.headless.streams import answers_alone, say
with answers_alone() as told:
    say("progress")
    os.write(1, b"noise of a library")
    told.tell({"status": "refused"})
"""


class Failing(StringIO):
    """A stream that cannot be written to, as a full disk or a reader that left."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def flush(self) -> None:
        raise OSError(self._number, os.strerror(self._number))


def spoken(redirection: str) -> subprocess.CompletedProcess[str]:
    """Run what speaks on both streams with the caller's redirection."""
    return subprocess.run(
        ["/bin/sh", "-c", f'"$0" -c "$1" {redirection}', sys.executable, SPEAKING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("lost", [errno.EPIPE, errno.EIO, errno.ENOSPC])
def test_progress_nobody_reads_stops_no_analysis(
    monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    monkeypatch.setattr(sys, "stderr", Failing(lost))
    say("10 % looking")
    monkeypatch.setattr(sys, "stderr", None)
    say("20 % looking")


@pytest.mark.parametrize("lost", [errno.EPIPE, errno.ENOSPC])
def test_answers_that_cannot_be_written_end_the_command_as_unheard(lost: int) -> None:
    with pytest.raises(UnheardError):
        Answers(Failing(lost)).tell({"status": "refused"})


def test_answers_are_alone_on_standard_output_even_where_standard_error_is_closed() -> None:
    ended = spoken("2>&-")
    assert ended.returncode == 0
    assert [json.loads(line) for line in ended.stdout.splitlines()] == [{"status": "refused"}]


def test_the_closed_stream_check_would_see_noise_among_the_answers() -> None:
    broken = SPEAKING.replace("with answers", "streams._open_if_closed = int\nwith answers")
    broken = "from app.headless import streams\n" + broken
    ended = subprocess.run(
        ["/bin/sh", "-c", '"$0" -c "$1" 2>&-', sys.executable, broken],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "noise" in ended.stdout
    assert streams.answers_alone is answers_alone


def test_closed_standard_output_is_nobody_reading() -> None:
    ended = spoken(">&-")
    assert ended.returncode == 1
    assert "UnheardError" in ended.stderr
