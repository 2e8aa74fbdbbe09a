"""A leaflet's file to pieces that may be quoted; the parsing happens in a child process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from assistant.child import Child
from assistant.errors import LeafletError
from assistant.knowledge.language import language_of
from assistant.leaflets.cleaning import cleaned
from assistant.leaflets.cutting import cut
from assistant.leaflets.worker import run
from assistant.records import Extract

_LIMIT_SECONDS = 30.0
_BEAT_SECONDS = 0.1
_MOST_ANSWER_BYTES = 4 << 20
_LONGEST_NAME = 120
_MOST_EXTRACTS = 300


@dataclass(frozen=True, slots=True)
class ReadLeaflet:
    """What a file holds, to be looked at before it is used; nothing of it is kept yet.

    ``language`` is a guess from its words; ``title`` from its name.
    """

    title: str
    language: str
    file_name: str
    sha256: str
    pages: int
    extracts: tuple[Extract, ...]


def read_leaflet(path: Path, alive: Callable[[], None]) -> ReadLeaflet:
    """Read a PDF or a plain text.

    Parameters
    ----------
    alive
        Called ten times a second meanwhile; what it raises ends the reading.

    Raises
    ------
    LeafletError
        with the reason, fit for a person to read.
    """
    answer = _asked(path, alive)
    pages = [str(page) for page in answer["pages"]]
    extracts = cut(pages, paged=bool(answer["paged"]))
    if not extracts:
        raise LeafletError(
            f"No text was found in {_shown(path)}. Pictures of text (a scan) can not be read."
        )
    if len(extracts) > _MOST_EXTRACTS:
        raise LeafletError(
            f"{_shown(path)} falls into more than {_MOST_EXTRACTS} pieces. Bring it in parts."
        )
    whole = " ".join(one.text for one in extracts)
    return ReadLeaflet(
        title=_shown(path).rpartition(".")[0].replace("_", " ").replace("-", " ") or _shown(path),
        language=language_of(whole),
        file_name=_shown(path),
        sha256=str(answer["sha256"]),
        pages=len(pages) if answer["paged"] else 0,
        extracts=extracts,
    )


def _asked(path: Path, alive: Callable[[], None]) -> dict[str, Any]:
    child = Child()
    try:
        pipe = child.start(run, str(path), name="leaflet")
        answer: dict[str, Any] = json.loads(_received(pipe, path, alive))
    except (EOFError, OSError, ValueError) as error:
        raise LeafletError(
            f"{_shown(path)} could not be read within the time and memory a leaflet may take."
        ) from error
    finally:
        child.end()
    if "refused" in answer:
        raise LeafletError(f"{_shown(path)} was not taken. {answer['refused']}")
    return answer


def _received(pipe: Connection, path: Path, alive: Callable[[], None]) -> bytes:
    late = time.monotonic() + _LIMIT_SECONDS
    alive()
    while not pipe.poll(_BEAT_SECONDS):
        alive()
        if time.monotonic() > late:
            raise LeafletError(f"{_shown(path)} took too long to read.")
    return pipe.recv_bytes(_MOST_ANSWER_BYTES)


def _shown(path: Path) -> str:
    """A file's name without what could not be seen in it."""
    return " ".join(cleaned(path.name))[:_LONGEST_NAME] or "The file"
