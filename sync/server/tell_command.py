"""The command that lets the server write to a clinic's patients: one process, or several."""

from __future__ import annotations

import stat
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from scheduling.notices.settings import NoticeSettings
from sync.server import database as db
from sync.server.telling import Teller

PAUSE_S = 5.0


def tell(
    database: db.Database,
    clinic_name: str,
    settings_file: Path | None,
    *,
    once: bool = False,
    end: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Tell the clinic's patients until interrupted; once, or give the telling back.

    Raises
    ------
    ValueError
        There is no such clinic, or the settings cannot be used.
    """
    clinic = db.clinic_id(database, clinic_name)
    if end:
        Teller(database, clinic, NoticeSettings(), _now).end()
        return
    if settings_file is None:
        raise ValueError("telling patients needs --settings")
    teller = Teller(database, clinic, read_settings(settings_file), _now)
    teller.begin()
    while True:
        result = teller.turn()
        count = len(result.accepted)
        if count:
            sys.stdout.write(f"{count} messages sent\n")
            sys.stdout.flush()
        if once:
            return
        sleep(PAUSE_S)


def read_settings(path: Path) -> NoticeSettings:
    """Read the settings from a TOML file whose keys are the fields of ``NoticeSettings``.

    Raises
    ------
    ValueError
        The file can be read by others, holds a key that means nothing, or settings that do
        not work.
    """
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"{path} holds passwords and can be read by others (chmod 600)")
    entries = tomllib.loads(path.read_text("utf-8"))
    known = {entry.name for entry in fields(NoticeSettings)}
    if unknown := sorted(set(entries) - known):
        raise ValueError(f"{path}: {unknown[0]} is no setting")
    settings = NoticeSettings(**entries)
    settings.policy()
    settings.transports()
    return settings


def _now() -> datetime:
    return datetime.now(UTC)
