"""One more worker that tells patients, in a process of its own; --broken forgets the claim."""

from __future__ import annotations

import sys
from pathlib import Path

from scheduling.notices import outbox
from sync.server.database import open_database
from sync.server.tell_command import tell

if __name__ == "__main__":
    url, key, clinic, settings, *rest = sys.argv[1:]
    if "--broken" in rest:
        outbox._wants_attention = lambda _notice, _now: True  # what was due once is sent again
        outbox.may_repeat = lambda _notice: True
    database = open_database(url, bytes.fromhex(key))
    try:
        tell(database, clinic, Path(settings), once=True)
    finally:
        database.close()
