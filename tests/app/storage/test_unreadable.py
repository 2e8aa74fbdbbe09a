"""Nothing that was stored can be read on the disk or in a message without the key."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from app.records import SYSTEM
from app.storage.work import Storage
from tests.app.storage.records import (
    ACCOUNT,
    APPOINTMENT,
    DRAFT,
    ENVELOPE,
    NOTICE,
    PATIENT,
    SERIES,
    SIGNED,
    STUDY,
)
from tests.app.storage.reopening import reopened

MARKER = "CANARY^ZEBRA"


def fill(storage: Storage) -> None:
    headers = json.dumps({"PatientName": MARKER}).encode()
    with storage.begin(SYSTEM) as work:
        pixel_file = storage.pixels.put(np.frombuffer(MARKER.encode() * 999, np.uint8), "p")
        work.patients.put(PATIENT)
        work.studies.put(replace(STUDY, description=MARKER))
        header_file = storage.pixels.put_bytes(headers, "p")
        work.series.put(replace(SERIES, pixel_file=pixel_file, header_file=header_file))
        work.reports.put(replace(DRAFT, patient_line=MARKER))
        work.reports.put(replace(SIGNED, patient_line=MARKER))
        work.appointments.put(replace(APPOINTMENT, reason=MARKER))
        work.notices.put(replace(NOTICE, body=MARKER))
        work.envelopes.put(replace(ENVELOPE, body={"name": MARKER}))
        work.accounts.put(replace(ACCOUNT, name=MARKER))
        work.settings.put("clinic", MARKER)
        work.note("study.imported", MARKER, detail=MARKER)


def readable_in(folder: Path) -> list[str]:
    """Return the files in which the marker can be read in any common encoding."""
    forms = [MARKER.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")]
    forms += [
        b"SQLite format 3",
        b"CREATE TABLE",
        MARKER.lower().encode(),
        MARKER.encode().hex().encode(),
    ]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(form in path.read_bytes() for form in forms)]


def test_nothing_on_disk_is_readable_while_open_and_when_closed(
    storage: Storage, tmp_path: Path
) -> None:
    fill(storage)
    folder = tmp_path / "data"
    assert (folder / "sagittal.db-wal").stat().st_size > 0
    assert readable_in(folder) == []
    storage = reopened(storage)
    assert readable_in(folder) == []
    storage.close()
    assert readable_in(folder) == []


def test_the_search_for_readable_text_does_find_it(tmp_path: Path) -> None:
    """The broken variant: one plain file among the others."""
    (tmp_path / "plain.txt").write_text(f"seen: {MARKER}", encoding="utf-16-le")
    assert readable_in(tmp_path) == ["plain.txt"]


def test_the_database_looks_like_noise(storage: Storage, tmp_path: Path) -> None:
    fill(storage)
    storage = reopened(storage)
    storage.close()
    data = np.frombuffer((tmp_path / "data" / "sagittal.db").read_bytes(), np.uint8)
    share = np.bincount(data, minlength=256) / len(data)
    assert -(share * np.log2(share)).sum() > 7.99


def test_statements_are_not_echoed_with_names(storage: Storage) -> None:
    seen: list[object] = []

    @event.listens_for(storage._engine, "handle_error")
    def remember(context: object) -> None:
        seen.append(context)

    with storage.begin(SYSTEM) as work, pytest.raises(DBAPIError) as caught:
        work.studies.put(replace(STUDY, description=MARKER))
    assert seen
    assert MARKER not in str(caught.value)
