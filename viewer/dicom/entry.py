"""The door into the reading process: light, so that the program itself never loads a parser."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from viewer.dicom.records import Limits


def main(
    link: Connection,
    paths: Sequence[Path],
    limits: Limits,
    skip: frozenset[str],
    done: frozenset[str],
    hands: int = 1,
) -> None:
    """Run one pass over a drop; called in the new process only."""
    from viewer.dicom import child  # noqa: PLC0415 - pydicom and the codecs belong in there only

    child.main(link, paths, limits, skip, done, hands)


def wait(link: Connection) -> None:
    """Load the parsers ahead of time, then wait for one drop to read."""
    from viewer.dicom import child  # noqa: PLC0415 - as above

    try:
        job = link.recv()
    except (EOFError, OSError):
        return
    child.main(link, *job)
