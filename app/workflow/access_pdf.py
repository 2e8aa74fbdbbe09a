"""A patient's list of who saw the data as a PDF document to read and keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from app.records import AccessEntry
from app.workflow.pdf_provenance import local
from app.workflow.pdf_style import paragraph
from app.workflow.pdf_table import table, table_pdf
from assistant.phrases import Phrases

_COLUMNS = (
    ("when", 36),
    ("who", 42),
    ("as", 26),
    ("what", 60),
    ("for", 60),
    ("emergency_column", 20),
    ("outcome", 18),
)
"""Keys of the titles, and widths in mm."""


def access_pdf(
    content: Mapping[str, Any],
    entries: Sequence[AccessEntry],
    seal: Mapping[str, str],
    zone: str,
    words: Phrases,
) -> bytes:
    """Return the list on A4 pages, with the digest and the key the signed JSON beside it bears."""
    patient, say = content["patient"], words.say
    titles = tuple((say(f"access.{key}"), wide) for key, wide in _COLUMNS)
    about = " · ".join(part for part in (patient["name"], patient["number"]) if part)
    return table_pdf(
        say("access.says"),
        content["clinic"] or say("access.clinic"),
        [
            paragraph(about, "body"),
            paragraph(say("access.pdf_lines", count=len(entries), zone=zone), "quiet"),
            Spacer(0, 3 * mm),
            table(titles, [_cells(one, zone, words) for one in entries]),
            Spacer(0, 4 * mm),
            paragraph(say("access.pdf_signed"), "small"),
            paragraph(f"SHA-256 {seal['digest']}", "small"),
            paragraph(say("access.pdf_key", key=seal["public_key"]), "small"),
        ],
    )


def _cells(entry: AccessEntry, zone: str, words: Phrases) -> tuple[str, ...]:
    return (
        local(entry.at, zone),
        entry.who or "–",
        words.called("role", entry.role),
        entry.what,
        entry.purpose,
        words.say("access.yes") if entry.emergency else "",
        words.called("outcome", entry.outcome),
    )
