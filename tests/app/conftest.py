"""A storage and a keystore of one's own, cheap to open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.accounts.passwords import KdfCost
from app.storage.device_secret import DeviceSecret
from app.storage.keystore import Keystore
from app.storage.work import Storage

MASTER_KEY = bytes(range(32))


@pytest.fixture
def master_key() -> bytes:
    """The key the fixture ``storage`` is opened with."""
    return MASTER_KEY


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database, made once, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    Storage(folder, MASTER_KEY).close()
    return folder


@pytest.fixture
def storage(empty_folder: Path, tmp_path: Path) -> Iterator[Storage]:
    """A fresh, empty storage in the folder ``tmp_path / "data"``."""
    shutil.copytree(empty_folder, tmp_path / "data")
    opened = Storage(tmp_path / "data", MASTER_KEY)
    yield opened
    opened.close()


@pytest.fixture
def fast_keystore(tmp_path: Path) -> Keystore:
    """A keystore not yet created, whose passwords cost next to nothing."""
    folder = tmp_path / "keys"
    return Keystore(folder, DeviceSecret(folder, keyrings=tuple), KdfCost.TESTING)
