"""Lists as PDF documents: tables on A4 across, with the clinic's name and page numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Table
from reportlab.platypus.tables import TableStyle

from app.workflow.pdf_style import FONT, INK, LINE, QUIET, paragraph, register_fonts


def table(columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[str]]) -> Table:
    """Return plain texts as a table; each column has a title and a width in mm, 265 in all."""
    register_fonts()
    cells = [[paragraph(title, "cell") for title, _ in columns]]
    cells += [[paragraph(text, "cell") for text in row] for row in rows]
    made = Table(cells, colWidths=[width * mm for _, width in columns], repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            ]
        )
    )
    return made


def table_pdf(title: str, clinic: str, story: Sequence[Flowable]) -> bytes:
    """Return the story on A4 pages across, under the clinic's name and the title."""
    register_fonts()
    target = io.BytesIO()
    paper = BaseDocTemplate(
        target,
        pagesize=landscape(A4),
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=title,
        author="",
        creator="Sagittal",
        producer="Sagittal",
    )
    frame = Frame(paper.leftMargin, paper.bottomMargin, paper.width, paper.height)
    paper.addPageTemplates([PageTemplate(frames=[frame], onPage=_number)])
    paper.build([paragraph(clinic, "letterhead"), paragraph(title, "title"), *story])
    return target.getvalue()


def _number(canvas: Canvas, _: BaseDocTemplate) -> None:
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(QUIET)
    canvas.drawRightString(landscape(A4)[0] - 16 * mm, 10 * mm, f"Page {canvas.getPageNumber()}")
