"""Claims about measuring the anatomy on the reading page: offered, refused, kept, shown again.

The head is the phantom of the network's tests. A real tiny network answers where the child
process matters; elsewhere the port is answered with the phantom's own labels.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from app.errors import ForbiddenError
from app.pages.context import PageContext
from app.pages.reading.page import ReadingPage
from app.workflow import measuring, reading
from inference.models.structures import STRUCTURES
from inference.pipeline.anatomy_gate import judge_anatomy
from inference.pipeline.anatomy_outcome import AnatomyOutcome, StructureVolume
from inference.pipeline.anatomy_process import AnatomyProcess
from inference.records import Finding, FindingStatus, Measurement, ModelCard
from tests.app.pages.reading.conftest import STUDY, Desk, _finding, _Navigator
from tests.inference.anatomy.phantom import labelled, t1_volume
from tests.inference.faulty import killed
from viewer.ports import Progress
from viewer.records import Series, Volume

SERIES = f"{STUDY}.1"
AFFINE = np.array([[1.5, 0, 0, -84], [0, 1.5, 0, -102], [0, 0, 1.5, -86], [0, 0, 0, 1]])
GRID = (115, 137, 113)


@cache
def picture() -> Volume:
    return t1_volume(AFFINE, GRID)


@cache
def truth() -> np.ndarray:
    """The phantom's labels as the model numbers them."""
    classes, left = labelled(GRID, AFFINE)
    values = np.array([(one.right, one.left) for one in STRUCTURES], np.uint8)
    return values[classes, left.astype(int)]


class Phantom:
    """Answers at the port with the phantom's own labels, as a perfect network would."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.asked = 0

    def card(self) -> ModelCard:
        return ModelCard("anatomy", "7.1", "cd" * 32, "tests", "nothing", {}, ())

    def measure(
        self, series: Series, volume: Volume, progress: Progress, lesion_ml: float = 0.0
    ) -> AnatomyOutcome:
        verdict = judge_anatomy(series, volume, lesion_ml)
        if not verdict.accepted:
            return AnatomyOutcome(reason=verdict.reason)
        self.asked += 1
        while not self.gate.wait(0.01):
            progress(0.5, "drawing the structures")
        volumes = (
            StructureVolume("intracranial", "", 1500.0, 1.0, 0.03),
            StructureVolume("brain without ventricles", "", 1200.0, 0.8, 0.04),
            StructureVolume("third ventricle", "", 1.2, 0.0008),
            StructureVolume("lateral ventricle", "left", 9.0, 0.006, 0.1),
            StructureVolume("lateral ventricle", "right", 8.0, 0.0053, 0.1),
            StructureVolume("hippocampus", "left", 3.9, 0.0026, 0.08),
            StructureVolume("hippocampus", "right", 3.5, 0.0023, 0.08),
        )
        return AnatomyOutcome("", volumes, truth(), {"putamen": "its sides differ"}, device="CPU")


def put_head(desk: Desk, thick: bool = False) -> None:
    """Make the first series of the study a 3-D T1 of the phantom."""
    head = picture()
    affine = AFFINE @ np.diag([1, 1, 3, 1]) if thick else AFFINE
    voxels = head.voxels[::3].copy() if thick else head.voxels
    with desk.session.begin() as work:
        series = work.series.get(SERIES)
        assert series is not None
        work.series.put(
            replace(
                series,
                description="MPRAGE T1",
                shape=voxels.shape,
                spacing_mm=(4.5 if thick else 1.5, 1.5, 1.5),
                dtype=str(voxels.dtype),
                affine=tuple(float(value) for value in affine.ravel()),
                physics={},
                pixel_file=desk.session.pixels.put(voxels, "MRI"),
            )
        )


@pytest.fixture
def phantom() -> Phantom:
    return Phantom()


@pytest.fixture
def heads(desk: Desk, phantom: Phantom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose workstation has the model and whose study is a phantom's head."""
    put_head(desk)
    monkeypatch.setattr(desk.workstation, "_anatomy", phantom)
    anew(desk, monkeypatch)
    yield desk
    phantom.gate.set()
    desk.page.leave()


def anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the page again, as after a start of the program."""
    desk.page.leave()
    navigator = _Navigator(desk.shown, desk.news)
    desk.page = ReadingPage(PageContext(desk.workstation, desk.tasks, desk.session, navigator))
    monkeypatch.setattr(desk.page.grid.volume, "show_volume", lambda *_: None)
    desk.page.resize(1280, 700)
    desk.page.show()


def panel_of(desk: Desk) -> None:
    """Open the study and the panel, on the head."""
    desk.open()
    desk.page.images.choose(SERIES)
    desk.wait(lambda: desk.page.images.stage is not None)
    if not desk.page.anatomy.is_open:
        desk.page.anatomy.button.click()


def measured(desk: Desk) -> None:
    panel_of(desk)
    desk.wait(desk.page.anatomy.panel.measure.isEnabled)
    desk.page.anatomy.panel.measure.click()
    desk.wait(lambda: desk.page.anatomy.layer.value_at((28.0, 22.0, -14.0)) != 0)


def cells(desk: Desk) -> dict[str, list[str]]:
    table = desk.page.anatomy.panel.table
    found = {}
    for number in range(table.rowCount()):
        items = [table.item(number, column) for column in range(5)]
        name, *rest = [item.text() if item else "" for item in items]
        found[name] = rest
    return found


def test_without_a_model_it_is_not_offered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.models.anatomy_card.shipped_anatomy", lambda: None)
    monkeypatch.setattr(desk.workstation, "_anatomy", None)
    anew(desk, monkeypatch)
    assert desk.page.anatomy.button.isHidden()


def test_volumes_are_shown_by_side_with_their_error_and_what_they_are_for(heads: Desk) -> None:
    measured(heads)
    shown = cells(heads)
    assert shown["hippocampus"] == ["3.9", "3.5", "0.49", "±8 %"]
    assert shown["intracranial"] == ["1500", "", "100", "±3 %"]
    assert shown["third ventricle"][3] == "–"
    assert shown["putamen"][0] == "withheld"
    labels = heads.page.anatomy.panel.findChildren(QLabel)
    words = "\n".join(one.text() for one in labels if one.isVisible())
    for said in (
        "putamen, because its sides differ",
        "anatomy 7.1",
        "research and evaluation only",
    ):
        assert said in words
    assert "diagnosis" in words
    assert "suspected" not in words


def test_left_is_left_on_the_image_and_the_crosshair_says_the_name(heads: Desk) -> None:
    measured(heads)
    page = heads.page
    number = list(cells(heads)).index("hippocampus")
    for column, side in ((1, "left"), (2, "right")):
        page.anatomy.panel.table.cellClicked.emit(number, column)
        assert page.state is not None
        assert (page.state.cursor_mm[0] > 0) == (side == "left")
        assert page.anatomy.panel.here.text() == f"At the crosshair: {side} hippocampus"


def test_a_percentile_comes_with_its_caution(heads: Desk) -> None:
    measured(heads)
    words = heads.page.anatomy.panel.words.text()
    assert "percentile" in words
    assert "measured by another method" in words
    assert "OASIS" in words or "doi" in words


@pytest.mark.parametrize("missing", [{"sex": ""}, {"birth_date": None}, {"sex": "O"}])
def test_without_age_and_sex_there_is_no_percentile(
    heads: Desk, missing: dict[str, object]
) -> None:
    with heads.session.begin() as work:
        patient = work.patients.get("MRN-1")
        assert patient is not None
        work.patients.put(replace(patient, **missing))  # type: ignore[arg-type]  # by name
    measured(heads)
    words = heads.page.anatomy.panel.words.text()
    assert "No percentile is given" in words
    assert "percentile 1" not in words
    assert "measured by another method" not in words


def test_thick_slices_are_refused_with_the_reason(heads: Desk) -> None:
    put_head(heads, thick=True)
    panel_of(heads)
    panel = heads.page.anatomy.panel
    heads.wait(lambda: "thick slices" in panel.said.text())
    assert not panel.measure.isEnabled()
    assert "thick slices" in panel.measure.toolTip()


def put_lesion(desk: Desk) -> Finding:
    with desk.session.begin() as work:
        series = work.series.get(SERIES)
        assert series is not None
        lesion = _finding(1, series, picture(), "")
        lesion = replace(lesion, measurements=(Measurement("volume", 3.4, "mL", "voxels"),))
        work.findings.put(lesion)
    return lesion


def test_a_known_lesion_of_more_than_3_ml_is_refused_and_a_rejected_one_is_not(
    heads: Desk,
) -> None:
    lesion = put_lesion(heads)
    panel_of(heads)
    panel = heads.page.anatomy.panel
    heads.wait(lambda: "a lesion of 3.4 ml is known" in panel.said.text())
    assert not panel.measure.isEnabled()
    assert measuring.lesion_ml([replace(lesion, status=FindingStatus.REJECTED)]) == 0


def test_volumes_from_before_a_lesion_was_known_say_so(
    heads: Desk, phantom: Phantom, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring.measure(heads.session, SERIES, phantom, lambda *_: None)
    put_lesion(heads)
    anew(heads, monkeypatch)
    panel_of(heads)
    said = heads.page.anatomy.panel.said
    heads.wait(lambda: "a lesion of 3.4 ml is known" in said.text())
    assert "measured before that was known" in said.text()
    assert said.isVisible()


def test_cancelling_is_at_once_and_leaves_nothing(heads: Desk, phantom: Phantom) -> None:
    phantom.gate.clear()
    panel_of(heads)
    panel = heads.page.anatomy.panel
    heads.wait(panel.measure.isEnabled)
    panel.measure.click()
    heads.wait(lambda: phantom.asked == 1)
    panel.cancelled.emit()
    heads.wait(lambda: "cancelled; nothing was stored" in panel.said.text())
    assert panel.progress.isHidden()
    assert reading.open_study(heads.session, STUDY).anatomy == ()


def test_it_is_shown_again_without_measuring_again(
    heads: Desk, phantom: Phantom, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(heads)
    before = cells(heads)
    anew(heads, monkeypatch)
    panel_of(heads)
    heads.wait(lambda: heads.page.anatomy.layer.value_at((28.0, 22.0, -14.0)) == 17)
    assert cells(heads) == before
    assert phantom.asked == 1


def test_a_new_measuring_supersedes_and_the_old_one_stays_as_it_was(
    heads: Desk, phantom: Phantom
) -> None:
    first = measuring.measure(heads.session, SERIES, phantom, lambda *_: None)
    second = measuring.measure(heads.session, SERIES, phantom, lambda *_: None)
    kept = reading.open_study(heads.session, STUDY).anatomy
    assert kept == (second, first)
    assert first.label_file != second.label_file
    assert first.measured_by == heads.session.actor.account_id
    assert (first.model, first.version, first.weights_sha256) == ("anatomy", "7.1", "cd" * 32)
    with heads.session.begin() as work:
        actions = [entry.action for entry in work.audit.entries(50)]
    assert actions.count("anatomy.measured") == 2


def test_only_who_may_run_the_models_measures(heads: Desk, phantom: Phantom) -> None:
    admin = heads.workstation.clinic.sign_in("root", "a long enough sentence 7")
    with pytest.raises(ForbiddenError):
        measuring.measure(admin, SERIES, phantom, lambda *_: None)
    assert phantom.asked == 0


def test_a_child_that_is_killed_is_told_in_plain_words(
    heads: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = AnatomyProcess(tmp_path, serve=killed)
    monkeypatch.setattr(meter, "card", Phantom().card)
    monkeypatch.setattr(heads.workstation, "_anatomy", meter)
    panel_of(heads)
    panel = heads.page.anatomy.panel
    heads.wait(panel.measure.isEnabled)
    panel.measure.click()
    heads.wait(lambda: "was ended by the system" in panel.said.text())
    heads.wait(panel.measure.isEnabled)
    assert "was ended by the system" in panel.said.text()
    assert reading.open_study(heads.session, STUDY).anatomy == ()


def test_copied_text_says_what_it_is_for_and_names_nobody(heads: Desk) -> None:
    measured(heads)
    heads.page.anatomy.panel._copy()
    text = QGuiApplication.clipboard().text()
    assert "hippocampus\t3.9\t3.5" in text
    assert "For research and evaluation only" in text
    assert "Canary" not in text
    heads.page.anatomy.panel._copy_csv()
    assert "hippocampus,3.9,3.5,,0.49,±8 %" in QGuiApplication.clipboard().text()


def test_structures_go_with_everything_else_while_space_is_held(heads: Desk) -> None:
    measured(heads)
    page = heads.page
    state = page.state
    assert state is not None
    heads.wait(lambda: page.grid.cells[0].series_uid == SERIES)
    drawn = page.grid.cells[0].grab().toImage()
    page.anatomy.panel.opacity.emit(1.0)
    assert page.grid.cells[0].grab().toImage() != drawn
    state.set_bare(bare=True)
    bare = page.grid.cells[0].grab().toImage()
    page.anatomy.layer.clear()
    assert page.grid.cells[0].grab().toImage() == bare


def test_the_report_comes_back_when_the_panel_is_closed(heads: Desk) -> None:
    measured(heads)
    heads.page.anatomy.panel.closed.emit()
    assert heads.page.report.isVisible()
    assert heads.page.anatomy.layer.value_at((28.0, 22.0, -14.0)) == 0
