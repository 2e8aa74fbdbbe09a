"""A patient's list of who saw the data as a PDF document to read and keep."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer, Table
from reportlab.platypus.tables import TableStyle

from app.records import AccessEntry
from app.workflow.pdf_provenance import local
from app.workflow.pdf_style import FONT, INK, LINE, QUIET, paragraph, register_fonts

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
    register_fonts()
    target = io.BytesIO()
    paper = BaseDocTemplate(
        target,
        pagesize=landscape(A4),
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title="Who saw my data",
        author="",
        creator="Sagittal",
        producer="Sagittal",
    )
    frame = Frame(paper.leftMargin, paper.bottomMargin, paper.width, paper.height)
    paper.addPageTemplates([PageTemplate(frames=[frame], onPage=_number)])
    paper.build(_story(content, entries, seal, zone))
    return target.getvalue()


def _story(
    content: Mapping[str, Any], entries: Sequence[AccessEntry], seal: Mapping[str, str], zone: str
) -> list[Flowable]:
    patient = content["patient"]
    about = " · ".join(part for part in (patient["name"], patient["number"]) if part)
    rows = [[paragraph(title, "cell") for title, _ in _COLUMNS]]
    rows += [[paragraph(text, "cell") for text in _cells(one, zone)] for one in entries]
    table = Table(rows, colWidths=[width * mm for _, width in _COLUMNS], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            ]
        )
    )
    return [
        paragraph(content["clinic"] or "The clinic", "letterhead"),
        paragraph("Who saw my data", "title"),
        paragraph(about, "body"),
        paragraph(f"{len(entries)} lines, times in {zone}", "quiet"),
        Spacer(0, 3 * mm),
        table,
        Spacer(0, 4 * mm),
        paragraph("Signed by the clinic (Ed25519); the signature is in the JSON file.", "small"),
        paragraph(f"SHA-256 {seal['digest']}", "small"),
        paragraph(f"Key of the clinic {seal['public_key']}", "small"),
    ]


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


def _number(canvas: Canvas, _: BaseDocTemplate) -> None:
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(QUIET)
    canvas.drawRightString(landscape(A4)[0] - 16 * mm, 10 * mm, f"Page {canvas.getPageNumber()}")
