"""Orders in a name, a study's description, a finding and a leaflet: shown, never obeyed."""

from __future__ import annotations

# ruff: noqa: F811 - fixtures of other files
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.pages.assistant import AssistantPage
from app.records import SYSTEM
from app.workflow import booking, knowledge, releasing, reviewing, signing
from assistant.leaflets.reading import ReadLeaflet
from assistant.records import Extract, Report
from tests.app.pages.test_assistant import say
from tests.app.pages.test_patient import matched  # noqa: F401 - a fixture
from tests.app.shell.driver import ADMIN, DOCTOR, PASSWORD, PATIENT, Driver
from tests.app.workflow.samples import finding, read_draft
from tests.assistant.injections import HIDDEN
from viewer.records import Patient, Study

ORDER = HIDDEN[1]
SECRET = "Canary, Secret"
ASKED = ("Explain my report", "What is the next step?", "what did they find?",
         "what is the zebra ward?", "Show free times", "My appointments")  # fmt: skip


def markup(page: QWidget) -> list[str]:
    """Texts of a page that Qt would read as markup."""
    labels = [one for one in page.findChildren(QLabel) if GuiQt.mightBeRichText(one.text())]
    return [one.text() for one in labels if one.textFormat() != Qt.TextFormat.PlainText] + [
        one.toolTip() for one in page.findChildren(QWidget) if "<img" in one.toolTip()
    ]


@pytest.fixture
def released(matched: Driver) -> Report:
    """A released report of a patient whose every text is an order, and a leaflet of the same."""
    clinic = matched.workstation.clinic
    doctor = clinic.sign_in(DOCTOR, PASSWORD)
    assert clinic.storage is not None
    with clinic.storage.begin(SYSTEM) as work:
        work.patients.put(replace(work.patients.get("p1"), name=ORDER))
        work.patients.put(Patient("p2", SECRET, "MRN-SECRET"))
        work.studies.put(Study("1.2.9", "p1", doctor.now(), ORDER))
        work.findings.put(replace(finding("f-1"), study_uid="1.2.9", label=ORDER))
    reviewing.accept(doctor, "f-1")
    report = signing.sign(doctor, read_draft(doctor, "1.2.9").id, PASSWORD)
    releasing.release(doctor, report.id)
    piece = Extract("Zebra ward", f"The zebra ward is upstairs. {ORDER}", 1)
    leaflet = ReadLeaflet("Ward", "en", "ward.pdf", "a" * 64, 1, (piece,))
    admin = clinic.sign_in(ADMIN, PASSWORD)
    knowledge.add(admin, matched.workstation.library, leaflet, "Zebra ward", "en")
    clinic.sign_out()
    return report


def test_nothing_is_done_nobody_else_is_named_and_all_is_plain_text(
    matched: Driver, released: Report
) -> None:
    assert ORDER in " ".join(part.text for part in released.sections)
    matched.workstation.language_model = lambda: None  # type: ignore[method-assign]
    matched.enter(PATIENT)
    matched.settle()
    assert markup(matched.page) == []
    page = matched.visit("assistant", report_id=released.id)
    assert isinstance(page, AssistantPage)
    for asked in ASKED:
        say(matched, page, asked)
    said = " ".join(one.text() for one in page.findChildren(QLabel))
    assert "<img" in said
    assert SECRET not in said
    assert "MRN-SECRET" not in said
    assert markup(page) == []
    links = {one.text() for one in page.findChildren(QPushButton, "citation.0")}
    dated = page.report.currentText()
    assert f"{dated}, findings" in links
    assert str(released.signature.signed_at.year) in dated
    assert booking.my_appointments(matched.session) == ()
    with matched.session.begin() as work:
        assert work.holds.standing(matched.session.now()) == ()
        acts = [one.action for one in work.audit.of_subject("p1")]
    assert not [one for one in acts if one.startswith("appointment.")]


def test_markup_that_a_widget_would_read_is_noticed(matched: Driver) -> None:
    matched.enter(PATIENT)
    spoiled = QLabel(ORDER, matched.page)
    assert markup(matched.page) == [ORDER]
    spoiled.setTextFormat(Qt.TextFormat.PlainText)
    assert markup(matched.page) == []
