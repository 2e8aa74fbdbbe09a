"""A report as a PDF document: its words, pictures and decisions, with the research banner."""

from __future__ import annotations

import io
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    Image,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from app.workflow.drawing import HEAT_FROM
from app.workflow.pdf_provenance import STATUS_WORDS, local, provenance_page
from app.workflow.pdf_style import (
    ALARM,
    BOLD,
    FONT,
    INK,
    LINE,
    QUIET,
    paragraph,
    register_fonts,
)
from app.workflow.pictures import Picture
from app.workflow.seal import signatures_of
from assistant.records import Report, ReportStatus
from inference.records import Finding, FindingStatus
from viewer.canvas.colours import heat_table

BANNER = (
    "For research and evaluation only. Not a medical device. "
    "Not for diagnosis or treatment decisions."
)
WATERMARKS = {
    ReportStatus.PARTIAL: "DRAFT, NOT SIGNED",
    ReportStatus.PRELIMINARY: "PRELIMINARY",
    ReportStatus.AMENDED: "AMENDED",
    ReportStatus.CORRECTED: "CORRECTED",
    ReportStatus.ENTERED_IN_ERROR: "ENTERED IN ERROR",
}
_DECISIONS = {
    FindingStatus.ACCEPTED: "accepted",
    FindingStatus.EDITED: "accepted with edits",
    FindingStatus.REJECTED: "rejected by the reader",
    FindingStatus.SUGGESTED: "not decided",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed: every version (the newest is laid out), for whom it is headed, pictures."""

    versions: tuple[Report, ...]
    clinic_name: str
    zone: str
    pictures: tuple[Picture, ...] = ()

    @property
    def report(self) -> Report:
        """The version that is laid out."""
        return self.versions[-1]


def report_to_pdf(document: Document) -> bytes:
    """Return the PDF bytes. Banner and status stand on every page; its metadata name nobody."""
    register_fonts()
    target = io.BytesIO()
    paper = BaseDocTemplate(
        target,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=27 * mm,
        bottomMargin=22 * mm,
        title="MRI report",
        author="",
        subject="",
        creator="Sagittal",
        producer="Sagittal",
    )
    frame = Frame(paper.leftMargin, paper.bottomMargin, paper.width, paper.height)

    def furniture(canvas: Canvas, _: BaseDocTemplate) -> None:
        _draw_furniture(canvas, document)

    paper.addPageTemplates([PageTemplate(frames=[frame], onPage=furniture)])
    paper.build(_story(document))
    return target.getvalue()


def _story(document: Document) -> list[Flowable]:
    report = document.report
    story: list[Flowable] = [*_head(document), *_notes(document)]
    for section in report.sections:
        if section.text.strip():
            heading = paragraph(section.title, "heading")
            first, *rest = [line for line in section.text.split("\n") if line.strip()]
            story.append(KeepTogether([heading, paragraph(first, "body")]))
            story += [paragraph(line, "body") for line in rest]
    if report.findings:
        title = paragraph("Findings and the reader's decisions", "heading")
        story += [title, _findings_table(report.findings)]
    for picture in document.pictures:
        story.append(KeepTogether(_picture(picture)))
    story += _signed(document)
    return [*story, *provenance_page(document.versions, document.zone)]


def _head(document: Document) -> list[Flowable]:
    report = document.report
    status = STATUS_WORDS[report.status.value]
    about = f"Study of {report.study_date or 'unknown date'} · version {report.version} · {status}"
    return [
        paragraph("MRI report", "title"),
        paragraph(report.patient_line, "body"),
        paragraph(about, "quiet"),
        Spacer(0, 3 * mm),
        HRFlowable(width="100%", thickness=0.6, color=LINE),
        Spacer(0, 2 * mm),
    ]


def _notes(document: Document) -> list[Flowable]:
    """What a reader must know before the first word: a correction, an error, a missing name."""
    report = document.report
    told = {
        ReportStatus.ENTERED_IN_ERROR: "This report was entered in error. Do not rely on it.",
        ReportStatus.CORRECTED: "This version corrects an error in an earlier one.",
        ReportStatus.AMENDED: "This version replaces an earlier one.",
        ReportStatus.PRELIMINARY: "This report waits for the co-signature of another doctor.",
    }.get(report.status)
    if told is None:
        return []
    reason = f" Reason: {report.reason}" if report.reason else ""
    return [paragraph(told + reason, "body", ALARM), Spacer(0, 2 * mm)]


def _picture(picture: Picture) -> list[Flowable]:
    image = Image(io.BytesIO(picture.png), width=86 * mm, height=86 * mm, kind="proportional")
    image.hAlign = "LEFT"
    parts: list[Flowable] = [Spacer(0, 3 * mm), image]
    if picture.heat:
        parts.append(_Legend())
    return [*parts, Spacer(0, 1.5 * mm), paragraph(picture.caption, "quiet")]


class _Legend(Flowable):
    """The colours of a heat map from least to most, with the point it is shown from."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.height = 86 * mm, 8 * mm

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        table, steps = heat_table(), 64
        start = round(HEAT_FROM * 255)
        for step in range(steps):
            red, green, blue = table[start + (255 - start) * step // (steps - 1)] / 255.0
            self.canv.setFillColorRGB(float(red), float(green), float(blue))
            wide = self.width / steps
            self.canv.rect(step * wide, 4.5 * mm, wide + 0.3, 3 * mm, 0, 1)
        self.canv.setFont(FONT, 7.5)
        self.canv.setFillColor(QUIET)
        self.canv.drawString(0, 1 * mm, f"{HEAT_FROM:.0%} of the map's most")
        self.canv.drawRightString(self.width, 1 * mm, "most")


def _decision(finding: Finding) -> tuple[str, ...]:
    """What the reader decided, why, and where the model had said something else."""
    own = finding.by_reader and finding.status is FindingStatus.EDITED
    word = "added by the reader" if own else _DECISIONS[finding.status]
    reason = finding.reject_reason.value.replace("-", " ")
    overlap = finding.outlined.dice if finding.outlined is not None else None
    said = finding.model
    return (
        f"{word}: {finding.note}" if finding.note else word,
        f"Reason: {reason}" if reason else "",
        "" if overlap is None else f"Outline corrected by the reader, Dice {overlap:.2f}",
        "" if said is None else f"The model had said: {said.label}, {said.place}",
    )


def _findings_table(findings: tuple[Finding, ...]) -> Table:
    rows = [["Finding", "Where", "Size", "Decision"]]
    for finding in findings:
        sizes = ", ".join(f"{one.value:.1f} {one.unit}" for one in finding.measurements[:2])
        decision = ". ".join(filter(None, _decision(finding)))
        rows.append([finding.label, finding.place or "–", sizes or "–", decision])
    cells = [[paragraph(text, "cell") for text in row] for row in rows]
    table = Table(cells, colWidths=[48 * mm, 48 * mm, 33 * mm, 41 * mm], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            ]
        )
    )
    return table


def _signed(document: Document) -> list[Flowable]:
    """Printed name, time and meaning of every signature on every version."""
    lines = [
        f"Signed by {one.signer_name} on {local(one.signed_at, document.zone)}. {one.meaning}"
        for version in document.versions
        for one in signatures_of(version)
    ]
    told = lines or ["DRAFT. Nobody has signed this report."]
    block: list[Flowable] = [
        Spacer(0, 5 * mm),
        HRFlowable(width="100%", thickness=0.6, color=LINE),
        *(paragraph(line, "quiet") for line in told),
    ]
    return [KeepTogether(block)]


def _draw_furniture(canvas: Canvas, document: Document) -> None:
    width, height = A4
    canvas.saveState()
    mark = WATERMARKS.get(document.report.status, "")
    if mark:
        canvas.saveState()
        canvas.setFont(BOLD, 54)
        canvas.setFillColor(ALARM)
        canvas.setFillAlpha(0.13)
        canvas.translate(width / 2, height / 2)
        canvas.rotate(55)
        canvas.drawCentredString(0, -20, mark)
        canvas.restoreState()
    _draw_banner(canvas, width, height)
    clinic = paragraph(document.clinic_name, "letterhead")
    _, tall = clinic.wrap(58 * mm, 10 * mm)
    clinic.drawOn(canvas, 20 * mm, height - 20 * mm - tall / 2 + 1.5 * mm)
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(QUIET)
    report = document.report
    if canvas.getPageNumber() > 1:
        line = paragraph(report.patient_line, "small")
        _, tall = line.wrap(110 * mm, 10 * mm)
        line.drawOn(canvas, 80 * mm, height - 20 * mm - tall / 2 + 1.5 * mm)
    about = f"Version {report.version} · {STATUS_WORDS[report.status.value]}"
    canvas.drawString(20 * mm, 13 * mm, about)
    canvas.drawRightString(width - 20 * mm, 13 * mm, f"Page {canvas.getPageNumber()}")
    canvas.restoreState()


def _draw_banner(canvas: Canvas, width: float, height: float) -> None:
    canvas.setFillColor(INK)
    canvas.rect(0, height - 11 * mm, width, 11 * mm, 0, 1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.setFont(BOLD, 8.5)
    canvas.drawCentredString(width / 2, height - 7 * mm, BANNER)
