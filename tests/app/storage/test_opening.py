"""Opening the database: the right key, the house rules, two threads, and closed for good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import DBAPIError

from app.accounts.slots import derive
from app.errors import DamagedFileError, LockedError, WrongKeyError
from app.records import SYSTEM
from app.storage import engine as engine_module
from app.storage.files import write_whole
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY
from tests.app.storage.records import (
    PATIENT,
)
from tests.app.storage.reopening import reopened


def test_another_key_is_told_apart_from_a_damaged_database(storage: Storage) -> None:
    folder = storage.pixels._folder.parent
    with pytest.raises(WrongKeyError):
        reopened(storage, bytes(32))
    database = folder / "sagittal.db"
    database.write_bytes(b"\0" * 4096 + database.read_bytes()[4096:])
    with pytest.raises(DamagedFileError, match="backup"):
        Storage(folder, MASTER_KEY)
    (folder / "sagittal.check").unlink()
    with pytest.raises(WrongKeyError):
        Storage(folder, MASTER_KEY)


def test_what_was_committed_is_there_after_reopening(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.patients.put(PATIENT)
        work.note("patient.added", "p")
    storage = reopened(storage)
    with storage.begin(SYSTEM) as work:
        assert work.patients.get("p") == PATIENT
        work.audit.verify()
    storage.close()


def test_every_connection_keeps_the_house_rules(storage: Storage) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "recursive_triggers": 1,
        "cell_size_check": 1,
        "cipher_memory_security": "1",
    }
    with storage.begin(SYSTEM) as work:
        for pragma, value in wanted.items():
            got = work.audit._connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            assert got == value, pragma


def test_the_pool_is_one_that_threads_can_share_and_hides_the_key(storage: Storage) -> None:
    assert type(storage._engine.pool).__name__ == "QueuePool"
    key = derive(MASTER_KEY, "db").hex()
    assert key not in repr(storage._engine) + str(storage._engine.url)


def count_up(storage: Storage, times: int) -> None:
    for _ in range(times):
        with storage.begin(SYSTEM) as work:
            work.settings.put("count", str(int(work.settings.get("count") or 0) + 1))
            work.note("counted", "count")


def test_two_threads_lose_no_update(storage: Storage) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: count_up(storage, 40), range(2)))
    with storage.begin(SYSTEM) as work:
        assert work.settings.get("count") == "80"
        assert work.audit.head()[0] == 80
        work.audit.verify()


def test_deferred_transactions_would_lose_or_refuse_updates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: with plain BEGIN a read cannot always become a write."""
    monkeypatch.setattr(
        engine_module, "_begin", lambda connection: connection.exec_driver_sql("BEGIN")
    )
    storage = Storage(tmp_path, MASTER_KEY)
    both_have_read = threading.Barrier(2, timeout=10)

    def racing(_: int) -> bool:
        try:
            with storage.begin(SYSTEM) as work:
                count = int(work.settings.get("count") or 0)
                both_have_read.wait()
                work.settings.put("count", str(count + 1))
        except DBAPIError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(racing, range(2)))
    assert outcomes.count(True) == 1
    storage.close()


def test_readers_of_pixels_do_not_wait_for_a_writer(storage: Storage) -> None:
    file_id = storage.pixels.put(np.arange(9), "p")
    with storage.begin(SYSTEM) as work, ThreadPoolExecutor(1) as pool:
        work.note("busy", "writing")
        assert pool.submit(storage.pixels.get, file_id).result(5).shape == (9,)


def test_a_transaction_inside_another_of_the_same_thread_is_a_fault(storage: Storage) -> None:
    with storage.begin(SYSTEM), pytest.raises(RuntimeError), storage.begin(SYSTEM):
        pass


def test_a_closed_storage_stays_closed_for_late_jobs(storage: Storage) -> None:
    file_id = storage.pixels.put(np.arange(9), "p")
    storage.close()
    storage.close()
    for late in (lambda: storage.begin(SYSTEM).__enter__(), lambda: storage.pixels.get(file_id)):
        with pytest.raises(LockedError):
            late()


def test_a_failing_write_of_a_whole_file_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_whole(path, [b"old"])

    def chunks() -> object:
        yield b"new"
        raise ZeroDivisionError

    failing: Callable[[], object] = chunks
    with pytest.raises(ZeroDivisionError):
        write_whole(path, failing())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
