"""The technical log: small, rotated, and without patient data.

The audit trail is clinical and permanent; this log is technical and disposable. Anything that
looks like a person's data is redacted before it is written, and exceptions are logged by type
and place, never with their arguments: a driver's message may quote a row.
"""

from __future__ import annotations

import logging
import re
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SUSPECT = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+"  # e-mail addresses, in one pass over a long word
    r"|\+?\d[\d ()-]{7,}\d"  # telephone and record numbers
    r"|\b[^\W\d_]+\^[^\s'\"]*"  # DICOM person names
)


class RedactingFormatter(logging.Formatter):
    """Formats a record without addresses, numbers, DICOM names or exception texts."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        """Return the line with a redacted message; its time stays."""
        record.message = _redacted(record.message)
        return super().formatMessage(record)

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - as above
        """Return the redacted stack."""
        return _redacted(stack_info)

    def formatException(self, ei: object) -> str:  # noqa: N802 - as above
        """Return the exception's type and the places it passed, without its message."""
        if not isinstance(ei, tuple) or ei[0] is None:
            return ""
        frames = traceback.extract_tb(ei[2])
        places = " < ".join(
            f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames)
        )
        return _redacted(f"{ei[0].__name__} at {places}")


def _redacted(text: str) -> str:
    return _SUSPECT.sub("[redacted]", text)


def start_logging(folder: Path, *, level: int = logging.INFO) -> None:
    """Send the root logger to ``sagittal.log`` in the folder, 3 files of at most 1 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "sagittal.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
    )
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.setLevel(level)
    root.handlers[:] = [handler]
