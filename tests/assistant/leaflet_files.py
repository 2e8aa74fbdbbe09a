"""Leaflets as files: good ones, and hostile ones made here."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

LINES = (
    "Before your scan",
    "Please take off all metal before you come into the room. You can keep your clothes on if",
    "they have no zips. Tell us if you have a pacemaker or an implant in your body.",
    "",
    "How long it takes",
    "Most scans of the head take about half an hour. You must lie very still while the pictures",
    "are taken. We can hear you at all times.",
)


def pdf(path: Path, *pages: tuple[str, ...], password: str = "", foot: str = "") -> Path:
    """A PDF of lines of text."""
    encrypt = StandardEncryption(password) if password else None
    canvas = Canvas(str(path), encrypt=encrypt)
    for number, lines in enumerate(pages or (LINES,), 1):
        for place, line in enumerate(lines):
            canvas.drawString(60, 780 - 16 * place, line)
        if foot:
            canvas.drawString(60, 40, f"{foot} {number}")
        canvas.showPage()
    canvas.save()
    return path


def raw_pdf(path: Path, objects: dict[int, bytes], root: int = 1) -> Path:
    """A PDF of these objects, with a right table of where they lie."""
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    most = max(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % most)
    for number in range(1, most):
        out.write(b"%010d 00000 n \n" % places.get(number, 0))
    out.write(
        b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (most, root, start)
    )
    path.write_bytes(out.getvalue())
    return path


def one_page(path: Path, content: bytes, filters: bytes = b"") -> Path:
    """A page whose content stream is what is given."""
    stream = b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    return raw_pdf(
        path,
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: page,
            4: stream,
            5: font,
        },
    )


def bomb(path: Path) -> Path:
    """Some kilobytes that unpack to 32 MiB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(32)) + packer.flush()
    return one_page(path, packed, b"/Filter /FlateDecode")


def text_bomb(path: Path) -> Path:
    """A few kilobytes that draw millions of letters."""
    unit = b"BT /F1 12 Tf 10 700 Td (" + b"A" * 64 + b") Tj ET\n"
    return one_page(path, zlib.compress(unit * 100_000, 9), b"/Filter /FlateDecode")


def looped_pages(path: Path) -> Path:
    """A tree of pages that is its own child."""
    tree = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"
    return raw_pdf(path, {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: tree})


def looped_form(path: Path) -> Path:
    """A page that draws a form that draws itself."""
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1]"
        b" /Resources << /XObject << /X 4 0 R >> >> /Length 10 >>\nstream\n/X Do /X Do\nendstream"
    )
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R"
        b" /Resources << /XObject << /X 4 0 R >> >> >>"
    )
    return raw_pdf(
        path,
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: page,
            4: form,
            5: b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        },
    )


def deep(path: Path) -> Path:
    """Arrays within arrays, a hundred thousand deep."""
    nested = b"[" * 100_000 + b"]" * 100_000
    return raw_pdf(
        path,
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids " + nested + b" /Count 1 >>",
        },
    )
