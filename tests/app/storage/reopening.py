"""A storage closed and opened again."""

from __future__ import annotations

from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY


def reopened(storage: Storage, key: bytes = MASTER_KEY) -> Storage:
    folder = storage.pixels._folder.parent
    storage.close()
    return Storage(folder, key)
