"""The leaflets' own process: the only place where a leaflet's file is opened and parsed.

It holds no key and no database, may write no file, and lives within limits on memory, processor
time and open files. What it finds goes back as JSON.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import warnings
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import resource

MOST_BYTES = 20 << 20
MOST_PAGES = 60
MOST_LETTERS = 200_000
_MEMORY_BYTES = 512 << 20
_SECONDS = 10
_MOST_STEPS = 200_000
_UNPACKED_BYTES = 16 << 20


class RefusedError(Exception):
    """The file is no leaflet; the message is for a person."""


def run(connection: Connection, path: str) -> None:
    """Read one file and send ``{"pages": …, "paged": …, "sha256": …}`` or ``{"refused": …}``."""
    _silence()
    import pypdf  # noqa: PLC0415 - only this process may pay for it, and before the doors close

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    _confine()
    try:
        answer = _read(Path(path), pypdf)
    except RefusedError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "It needs more memory than a leaflet may take."}
    except RecursionError:
        answer = {"refused": "Its parts are nested too deeply, or go round in circles."}
    except Exception as error:  # noqa: BLE001 - hostile input: whatever fails is the file's fault
        answer = {"refused": f"It is damaged or not what its name says ({type(error).__name__})."}
    connection.send_bytes(json.dumps(answer).encode())


def _read(path: Path, pypdf: Any) -> dict[str, Any]:  # noqa: ANN401 - the module, loaded in here
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as opened:
        if os.fstat(opened.fileno()).st_size > MOST_BYTES:
            raise RefusedError(f"It is larger than {MOST_BYTES >> 20} MB. A leaflet is short.")
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RefusedError("It grew while it was read.")
    paged = b"%PDF-" in data[:1024]
    pages = _pdf_pages(data, pypdf) if paged else [_plain(data)]
    if sum(map(len, pages)) > MOST_LETTERS:
        raise RefusedError("It holds more text than a leaflet. Bring it in parts.")
    return {"pages": pages, "paged": paged, "sha256": hashlib.sha256(data).hexdigest()}


def _pdf_pages(data: bytes, pypdf: Any) -> list[str]:  # noqa: ANN401 - as above
    pypdf.overwrite_configuration(
        maximum_declared_stream_length=MOST_BYTES,
        zlib_maximum_output_length=_UNPACKED_BYTES,
        lzw_maximum_output_length=_UNPACKED_BYTES,
        run_length_maximum_output_length=_UNPACKED_BYTES,
        brotli_maximum_output_length=_UNPACKED_BYTES,
        array_based_stream_maximum_output_length=_UNPACKED_BYTES,
        stream_decoding_work_maximum_length=4 * _UNPACKED_BYTES,
        stream_parsing_work_maximum_count=_MOST_STEPS,
        page_tree_maximum_entries=10_000,
        jbig2dec_binary=None,
        disable_legacy_handling=True,
    )
    try:
        reader = pypdf.PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise RefusedError("It is protected by a password. Save a copy without one.")
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise RefusedError(f"It has {count} pages; a leaflet has at most {MOST_PAGES}.")
        pages, letters = [], 0
        for page in reader.pages:
            text = page.extract_text()
            letters += len(text)
            if letters > MOST_LETTERS:
                raise RefusedError("It holds more text than a leaflet. Bring it in parts.")
            pages.append(text)
    except pypdf.errors.LimitReachedError as error:
        raise RefusedError("It unpacks to more than a leaflet may hold.") from error
    return pages


def _plain(data: bytes) -> str:
    """A text file's text; what is none is refused."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    if b"\0" in data:
        raise RefusedError("It is neither a PDF nor a plain text.")
    start = data[:1024].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"{\\rtf")):
        raise RefusedError(
            "It is a web page or a word processor's file. Save it as PDF or as text."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _silence() -> None:
    """Parsers print; their words go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _confine() -> None:
    if sys.platform == "win32":
        return
    table = Path("/proc/self/statm")
    held = int(table.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if table.exists() else 0
    most = _MEMORY_BYTES + (held or 2 << 30)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
