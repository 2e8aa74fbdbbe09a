"""Claims about the printed report: read back by poppler, page by page."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.workflow import outputs
from app.workflow.pdf import BANNER, Document, report_to_pdf
from app.workflow.pdf_provenance import machine_sentences
from app.workflow.pdf_style import _font_for
from app.workflow.session import Session
from assistant.records import Proposal, Report, ReportStatus, Section
from tests.app.workflow.conftest import DOCTOR, enter
from tests.app.workflow.signed_study import put_seen_study, sign_seen
from tests.sync.samples import draft, sign

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler is not installed"
)


@pytest.fixture
def signed(clinic: Workstation, tmp_path: Path) -> tuple[Session, Report]:
    doctor = enter(clinic, DOCTOR)
    return doctor, sign_seen(doctor, put_seen_study(doctor, tmp_path))


def said(tool: str, content: bytes, folder: Path, *more: str) -> str:
    path = folder / "report.pdf"
    path.write_bytes(content)
    command = [tool, str(path), *more]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def pages(content: bytes, folder: Path) -> list[str]:
    return said("pdftotext", content, folder, "-layout", "-").split("\f")[:-1]


def long_report(name: str = "Жukowa, Ωlga · 1970-02-03 · MRN7") -> Report:
    text = "\n".join(f"Line {one}: nothing of note is seen in this region." for one in range(110))
    return replace(draft(), sections=(Section("Findings", text),), patient_line=name)


@needs_poppler
def test_banner_and_status_stand_on_every_page_of_a_long_report(tmp_path: Path) -> None:
    told = pages(report_to_pdf(Document((sign(long_report()),), "Hillside", "UTC")), tmp_path)
    assert len(told) >= 4
    for number, page in enumerate(told, 1):
        assert BANNER in page
        assert f"Page {number}" in page
        assert "Version 1 · final" in page
        assert "Жukowa, Ωlga" in page
    assert all(f"Line {one}:" in "".join(told) for one in range(110))


@needs_poppler
@pytest.mark.parametrize("blank", [" ", "\N{NO-BREAK SPACE}"])
def test_a_search_for_72_mm_finds_it_in_the_document(blank: str, tmp_path: Path) -> None:
    findings = Section("Findings", f"A mass of 72{blank}mm is seen.")
    report = sign(replace(draft(), sections=(findings,)))
    told = pages(report_to_pdf(Document((report,), "Hillside", "UTC")), tmp_path)
    assert "A mass of 72 mm is seen." in told[0]


@needs_poppler
def test_the_pictures_the_decisions_and_the_source_are_printed(
    signed: tuple[Session, Report], tmp_path: Path
) -> None:
    doctor, report = signed
    content = outputs.report_pdf(doctor, report.id)
    words = " ".join(" ".join(pages(content, tmp_path)).split())
    for fact in (
        "Largest finding: Enhancing lesion, suspected glioma. Slice 3 of 6, outline by the model.",
        "Heat map of tumour-t1ce 0.3.0: Grad-CAM, fair faithfulness.",
        "30% of the map's most",
        "Key image",
        "accepted",
        "Where this report comes from",
        "Words that came from the machine",
        "Signed by Iris Moreau",
        "Input check: t1ce 0.98",
    ):
        assert fact in words
    joined = "".join("".join(pages(content, tmp_path)).split())
    assert report.provenance[0].weights_sha256 in joined
    assert report.signature is not None
    assert report.signature.value in joined
    images = said("pdfimages", content, tmp_path, "-list").splitlines()[2:]
    assert len([one for one in images if " image " in one]) == 3


@needs_poppler
@pytest.mark.parametrize(
    ("made", "mark"),
    [
        (draft, "DRAFT, NOT SIGNED"),
        (lambda: sign(draft(), ReportStatus.PRELIMINARY), "PRELIMINARY"),
        (lambda: sign(replace(draft(), reason="x"), ReportStatus.CORRECTED), "CORRECTED"),
        (lambda: sign(replace(draft(), reason="x"), ReportStatus.ENTERED_IN_ERROR), "ENTERED IN"),
    ],
)
def test_what_is_not_plainly_final_says_so_across_every_page(
    made: Callable[[], Report], mark: str, tmp_path: Path
) -> None:
    content = report_to_pdf(Document((made(),), "Hillside", "UTC"))
    raw = said("pdftotext", content, tmp_path, "-raw", "-").split("\f")[:-1]
    assert len(raw) >= 2
    assert all("".join(mark.split()) in "".join(page.split()) for page in raw)


@needs_poppler
def test_fonts_are_embedded_and_the_metadata_name_nobody(
    signed: tuple[Session, Report], tmp_path: Path
) -> None:
    doctor, report = signed
    content = outputs.report_pdf(doctor, report.id)
    fonts = [line.split() for line in said("pdffonts", content, tmp_path).splitlines()[2:]]
    used = [line for line in fonts if "Helvetica" not in line[0]]
    assert used
    assert all("yes" in line for line in used)
    facts = said("pdfinfo", content, tmp_path)
    for name in ("CANARY", "ZEBRA", "Moreau", "Hillside", report.patient_id):
        assert name not in facts


@needs_poppler
def test_letters_the_font_lacks_are_never_silently_boxes(tmp_path: Path) -> None:
    report = replace(draft(), patient_line="王小明 · \U000f0000 · 1970-02-03 · MRN7")
    first = pages(report_to_pdf(Document((report,), "Hillside 王", "UTC")), tmp_path)[0]
    assert "[U+F0000]" in first
    assert first.count("王") == 2 or first.count("[U+738B]") == 2


@needs_poppler
@pytest.mark.skipif(not _font_for("محمد"), reason="no font with Arabic letters on this machine")
def test_an_arabic_name_is_joined_and_read_from_the_right(tmp_path: Path) -> None:
    """Joined letters have code points of their own; as drawn, the first name stands last."""
    report = replace(draft(), patient_line="محمد عبد · 1970-02-03 · MRN7")
    content = report_to_pdf(Document((report,), "Hillside", "UTC"))
    told = said("pdftotext", content, tmp_path, "-bbox", "-l", "1", "-")
    drawn = re.findall(r">([^<]+)</word>", told)
    words = [unicodedata.normalize("NFKC", word)[::-1] for word in drawn]
    assert words.index("عبد") < words.index("محمد")
    assert drawn[words.index("محمد")][::-1] != "محمد"
    assert "[U+" not in told


def test_sentences_the_reader_changed_are_not_the_machine_s() -> None:
    section = Section("Findings", "A lesion. It is small.", "A lesion. It is large.")
    assert machine_sentences(section) == ("“A lesion.”",)


def test_the_provenance_says_what_the_reader_made_of_each_sentence() -> None:
    kept = Proposal("a", "A lesion.", "A lesion.", accepted=True)
    edited = Proposal("b", "It is large.", "It is small.")
    struck = Proposal("c", "It bleeds.", "")
    section = Section("Findings", "A lesion. It is small.", "", (kept, edited, struck))
    assert machine_sentences(section) == (
        "“A lesion.”, accepted unchanged",
        "“It is small.”, edited by the reader; the machine had written “It is large.”",
    )
