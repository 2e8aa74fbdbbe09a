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

_COLUMNS = (
    ("When", 36),
    ("Who", 42),
    ("As", 26),
    ("What", 60),
    ("What for", 60),
    ("Emergency", 20),
    ("Outcome", 18),
)


def access_pdf(
    content: Mapping[str, Any], entries: Sequence[AccessEntry], seal: Mapping[str, str], zone: str
) -> bytes:
    """Return the list on A4 pages, with the digest and the key the signed JSON beside it bears."""
    patient = content["patient"]
    about = " · ".join(part for part in (patient["name"], patient["number"]) if part)
    return table_pdf(
        "Who saw my data",
        content["clinic"] or "The clinic",
        [
            paragraph(about, "body"),
            paragraph(f"{len(entries)} lines, times in {zone}", "quiet"),
            Spacer(0, 3 * mm),
            table(_COLUMNS, [_cells(one, zone) for one in entries]),
            Spacer(0, 4 * mm),
            paragraph(
                "Signed by the clinic (Ed25519); the signature is in the JSON file.", "small"
            ),
            paragraph(f"SHA-256 {seal['digest']}", "small"),
            paragraph(f"Key of the clinic {seal['public_key']}", "small"),
        ],
    )


def _cells(entry: AccessEntry, zone: str) -> tuple[str, ...]:
    return (
        local(entry.at, zone),
        entry.who or "–",
        entry.role,
        entry.what,
        entry.purpose,
        "yes" if entry.emergency else "",
        entry.outcome,
    )
