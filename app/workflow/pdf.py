"""A signed report as a PDF document, with the research banner and its provenance."""

from __future__ import annotations

import io
from datetime import datetime
from importlib.resources import as_file, files
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    Image,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from assistant.records import Report
from inference.records import Finding, FindingStatus

BANNER = (
    "For research and evaluation only. Not a medical device. "
    "Not for diagnosis or treatment decisions."
)
_INK = HexColor("#1b2733")
_QUIET = HexColor("#5b6b7a")
_LINE = HexColor("#c9d3dc")
_FONT, _BOLD = "Sagittal", "Sagittal-Bold"


def report_to_pdf(
    report: Report,
    clinic_name: str,
    zone: str,
    *,
    versions: int = 1,
    key_image: bytes | None = None,
) -> bytes:
    """Return the PDF bytes of a report; ``key_image`` is a PNG shown with its findings.

    The banner stands on every page. A draft says that it is one.
    """
    _register_fonts()
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=24 * mm,
        bottomMargin=22 * mm,
        title="MRI report",
        author=report.signature.signer_name if report.signature else clinic_name,
        creator="Sagittal",
    )
    frame = Frame(document.leftMargin, document.bottomMargin, document.width, document.height)

    def furniture(canvas: Canvas, _: BaseDocTemplate) -> None:
        _draw_furniture(canvas, clinic_name)

    document.addPageTemplates([PageTemplate(frames=[frame], onPage=furniture)])
    document.build(_story(report, zone, versions, key_image))
    return target.getvalue()


def _story(report: Report, zone: str, versions: int, key_image: bytes | None) -> list[Flowable]:
    story: list[Flowable] = [
        Paragraph("MRI report", _style("title")),
        Paragraph(escape(report.patient_line), _style("body")),
        Paragraph(
            escape(f"Study of {report.study_date or 'unknown date'} · version {report.version}"),
            _style("quiet"),
        ),
        Spacer(0, 3 * mm),
        HRFlowable(width="100%", thickness=0.6, color=_LINE),
        Spacer(0, 2 * mm),
    ]
    for section in report.sections:
        if section.text.strip():
            text = escape(section.text).replace("\n", "<br/>")
            heading = Paragraph(escape(section.title), _style("heading"))
            story.append(KeepTogether([heading, Paragraph(text, _style("body"))]))
    if key_image is not None:
        picture = Image(io.BytesIO(key_image), width=70 * mm, height=70 * mm, kind="proportional")
        picture.hAlign = "LEFT"
        story.append(KeepTogether([Paragraph("Key image", _style("heading")), picture]))
    if report.findings:
        table = KeepTogether(
            [
                Paragraph("Findings and the reader's decisions", _style("heading")),
                _findings_table(report.findings),
            ]
        )
        story.append(table)
    story.extend(_provenance(report, zone, versions))
    return story


def _findings_table(findings: tuple[Finding, ...]) -> Table:
    rows = [["Finding", "Where", "Size", "Decision"]]
    words = {
        FindingStatus.ACCEPTED: "accepted",
        FindingStatus.EDITED: "accepted with edits",
        FindingStatus.REJECTED: "rejected by the reader",
        FindingStatus.SUGGESTED: "not decided",
    }
    for finding in findings:
        sizes = ", ".join(f"{one.value:.1f} {one.unit}" for one in finding.measurements[:2])
        rows.append([finding.label, finding.place or "–", sizes or "–", words[finding.status]])
    cells = [[Paragraph(escape(text), _style("cell")) for text in row] for row in rows]
    table = Table(cells, colWidths=[52 * mm, 52 * mm, 33 * mm, 33 * mm], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, _LINE),
            ]
        )
    )
    return table


def _provenance(report: Report, zone: str, versions: int) -> list[Flowable]:
    lines = []
    if report.signature is None:
        lines.append("DRAFT. Nobody has signed this report.")
    else:
        signature = report.signature
        lines.append(f"Signed by {signature.signer_name} on {_local(signature.signed_at, zone)}.")
        lines.append(f"Meaning: {signature.meaning}")
        lines.append(f"Digest (SHA-256 of the signed content): {signature.digest}")
        lines.append(f"Signature (Ed25519): {signature.value}")
        lines.append(f"Public key: {signature.public_key}")
    lines.append(f"Versions of this report: {versions}.")
    lines.extend(
        f"Machine assistance: {run.model} {run.version}, weights {run.weights_sha256}."
        for run in report.provenance
    )
    return [
        Spacer(0, 5 * mm),
        HRFlowable(width="100%", thickness=0.6, color=_LINE),
        *[Paragraph(escape(line), _style("small")) for line in lines],
    ]


def _draw_furniture(canvas: Canvas, clinic_name: str) -> None:
    width, height = A4
    canvas.saveState()
    canvas.setFont(_BOLD, 9)
    canvas.setFillColor(_INK)
    canvas.drawString(20 * mm, height - 15 * mm, clinic_name)
    canvas.setFont(_FONT, 7.5)
    canvas.setFillColor(_QUIET)
    canvas.drawString(20 * mm, 13 * mm, BANNER)
    canvas.drawRightString(width - 20 * mm, 13 * mm, f"Page {canvas.getPageNumber()}")
    canvas.restoreState()


def _style(name: str) -> ParagraphStyle:
    sizes = {"title": 17, "heading": 10.5, "body": 10, "quiet": 9, "cell": 8.5, "small": 7}
    bold = name in {"title", "heading"}
    return ParagraphStyle(
        name,
        fontName=_BOLD if bold else _FONT,
        fontSize=sizes[name],
        leading=sizes[name] * 1.4,
        textColor=_QUIET if name in {"quiet", "small"} else _INK,
        spaceBefore=8 if name == "heading" else 0,
        spaceAfter=2 if bold else 0,
        wordWrap="CJK" if name == "small" else None,
    )


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")


def _register_fonts() -> None:
    if _FONT in pdfmetrics.getRegisteredFontNames():
        return
    folder = files("resources") / "fonts"
    for name, file in ((_FONT, "OpenSans-Regular.ttf"), (_BOLD, "OpenSans-Semibold.ttf")):
        with as_file(folder / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
