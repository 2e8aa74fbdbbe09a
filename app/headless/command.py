"""``python -m app analyse``: reads, analyses and answers, without a window and without a clinic.

Needs no database and no password and keeps nothing. See docs/headless.md.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from types import FrameType

from app.headless import answers
from app.headless.drops import Drop, drops
from app.headless.streams import Answers, Said, UnheardError, answers_alone, say
from app.logs import RedactingFormatter
from app.workflow.scanned import series_record
from inference.errors import InferenceError
from inference.pipeline.options import EngineOptions
from inference.pipeline.worker import InferenceProcess
from inference.ports import Analyser
from viewer.dicom.records import Duplicate, Rejected, ScannedSeries
from viewer.dicom.scan import GIVEN_UP, stream

_INTERRUPTED = 130
_ENDED = 143


def run_analyse(paths: Sequence[str], options: EngineOptions) -> int:
    """Analyse everything named and return the exit status: 1 if anything was an error."""
    _log_beside()
    signal.signal(signal.SIGTERM, _leave)
    analyser = InferenceProcess(options=options)
    try:
        with answers_alone() as told, closing(analyser):
            return _all(drops(paths), analyser, told)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except UnheardError as error:
        say(f"nobody reads the answers any more ({error})")
        return 1


@dataclass
class _Account:
    """How one drop went: how much was said of it, and whether anything was an error."""

    said: int = 0
    errors: int = 0


def _all(named: Sequence[Drop], analyser: Analyser, told: Answers) -> int:
    errors = 0
    for number, drop in enumerate(named, start=1):
        account = _Account()
        try:
            _one(drop, f"{number} of {len(named)}", analyser, told, account)
        except (KeyboardInterrupt, SystemExit, UnheardError):
            raise
        except Exception as error:  # the door of the command: the other drops go on
            logging.getLogger(__name__).exception("a drop could not be analysed")
            kind = type(error).__name__
            told.tell(answers.failed(drop.shown, f"a fault of the program ({kind})"))
            account.errors += 1
        errors += account.errors
    return 1 if errors else 0


def _one(drop: Drop, name: str, analyser: Analyser, told: Answers, account: _Account) -> None:
    """Answer for one drop: each series as it is read, each file that is no image."""
    if drop.fault:
        told.tell(answers.failed(drop.shown, drop.fault))
        account.errors += 1
        return
    progress = Said(name)
    with closing(stream(drop.paths, progress)) as found:
        for one in found:
            if isinstance(one, Duplicate):
                say(f"{name}: a file was left out: {one.reason}")
            elif isinstance(one, Rejected):
                told.tell(_left_out(drop.shown, one, account))
                account.said += 1
            elif isinstance(one, ScannedSeries):
                told.tell(_series(drop.shown, one, analyser, progress, account))
                account.said += 1
    if not account.said:
        told.tell(answers.unreadable(drop.shown, Rejected("", "it holds no image")))


def _left_out(path: str, rejected: Rejected, account: _Account) -> dict[str, object]:
    if rejected.reason != GIVEN_UP:
        return answers.unreadable(path, rejected)
    account.errors += 1
    return answers.failed(path, GIVEN_UP)


def _series(
    path: str, scanned: ScannedSeries, analyser: Analyser, progress: Said, account: _Account
) -> dict[str, object]:
    try:
        analysis = analyser.analyse(series_record(scanned, "", ""), scanned.volume, progress)
    except InferenceError as error:
        account.errors += 1
        return answers.failed(path, str(error), scanned)
    return answers.analysed(path, scanned, analysis)


def _log_beside() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.handlers[:] = [handler]


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_ENDED)
