"""Header text made fit to show: cleaned, names readable, dates dates, identifiers checked."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MAX_TEXT = 1024
_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_DATE = re.compile(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})")


def clean_text(value: object, limit: int = MAX_TEXT) -> str:
    """Text without control, bidirectional or invisible characters, spaces collapsed, cut."""
    text = str(value if value is not None else "")[: 4 * limit]
    kept = (" " if ch.isspace() else ch for ch in text if ch.isspace() or _is_shown(ch))
    return " ".join("".join(kept).split())[:limit]


def person_name(value: object) -> str:
    """``Doe^Jane^Mary`` as ``Doe, Jane Mary``; the ideographic group where it is the only one."""
    groups = str(value if value is not None else "").split("=")
    group = next((group for group in groups if group.strip(" ^")), "")
    parts = [clean_text(part) for part in group.split("^")]
    family, given = parts[0], " ".join(part for part in parts[1:3] if part)
    return ", ".join(part for part in (family, given) if part)[:MAX_TEXT]


def parse_date(value: object) -> date | None:
    """A DICOM DA value (also the old dotted form), or None if it is no date."""
    found = _DATE.fullmatch(clean_text(value))
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def is_uid(value: str) -> bool:
    """Digits and dots, at most 64: anything else never becomes a key."""
    return len(value) <= 64 and bool(_UID.fullmatch(value))


def derived_uid(digest: str) -> str:
    """A stable UID below 2.25 from a hex SHA-256 (its first 128 bits, PS3.5 B.2)."""
    return f"2.25.{int(digest[:32], 16)}"


def _is_shown(ch: str) -> bool:
    return unicodedata.category(ch) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
