"""The reading room: drawing, undoing, marking, painting, hanging, comparing, taking out."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QSlider, QToolButton

from app.pages.reading import comparing
from app.pages.reading.finding_rows import figures
from app.pages.reading.tag_browser import TagBrowser
from app.workflow import annotating, labelling
from app.workflow.session import Session
from tests.app.pages.reading.conftest import STUDY, Desk
from viewer.canvas.export import BANNER, picture_of
from viewer.canvas.hanging import PLANES, hangings, in_layout
from viewer.geometry.alignment import Registration
from viewer.geometry.planes import PlaneKind
from viewer.records import AnnotationKind, Series, Study

FIRST, SECOND = f"{STUDY}.1", f"{STUDY}.2"


def axial(desk: Desk):
    return desk.page.grid.slices[PlaneKind.AXIAL]


def drag(view, start: tuple[int, int], end: tuple[int, int]) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(*start))
    QTest.mouseMove(view, QPoint((start[0] + end[0]) // 2, (start[1] + end[1]) // 2))
    QTest.mouseMove(view, QPoint(*end))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(*end))


def draw_length(desk: Desk) -> None:
    desk.page.tools.choose("length")
    drag(axial(desk), (100, 90), (180, 120))
    desk.wait(lambda: len(annotating.annotations_of(desk.session, STUDY)) == 1)
    desk.wait(lambda: desk.page.drawn.list.count() == 1)


def test_a_line_is_stored_at_once_listed_and_shown_again(desk: Desk) -> None:
    desk.open()
    draw_length(desk)
    (stored,) = annotating.annotations_of(desk.session, STUDY)
    assert stored.kind is AnnotationKind.LENGTH
    assert stored.series_uid == FIRST
    assert stored.author_id == desk.session.actor.account_id
    assert desk.page.drawn.list.count() == 1
    assert "mm" in desk.page.drawn.list.item(0).text()
    assert "±" in desk.page.drawn.list.item(0).toolTip()
    desk.page.open(study_uid="1.2.840.99999.2")
    desk.wait(lambda: desk.page.drawn.list.count() == 0)
    desk.page.open(study_uid=STUDY)
    desk.wait(lambda: desk.page.drawn.list.count() == 1)


def test_undo_takes_back_the_line_and_redo_draws_it_again(desk: Desk) -> None:
    desk.open()
    draw_length(desk)
    undo = desk.page.findChild(QToolButton, "undo")
    desk.wait(undo.isEnabled)
    assert undo.toolTip() == "Undo the last measurement"
    undo.click()
    desk.wait(lambda: desk.page.drawn.list.count() == 0)
    assert annotating.annotations_of(desk.session, STUDY) == ()
    redo = desk.page.findChild(QToolButton, "redo")
    desk.wait(redo.isEnabled)
    redo.click()
    desk.wait(lambda: desk.page.drawn.list.count() == 1)


def test_undo_reaches_a_decision_on_a_finding(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    desk.page.findings.list.setFocus()
    QTest.keyClick(desk.page.findings.list, Qt.Key.Key_A)
    undo = desk.page.findChild(QToolButton, "undo")
    desk.wait(lambda: "decision" in undo.toolTip())
    undo.click()
    desk.wait(lambda: {one.status.value for one in desk.page.findings.findings} == {"suggested"})


def test_a_click_in_the_list_jumps_to_the_measurement(desk: Desk) -> None:
    desk.open()
    draw_length(desk)
    (stored,) = annotating.annotations_of(desk.session, STUDY)
    QTest.keyClick(axial(desk), Qt.Key.Key_Home)
    item = desk.page.drawn.list.item(0)
    desk.page.drawn.list.itemClicked.emit(item)
    number, _ = desk.page.images.stage.slice_of(PlaneKind.AXIAL, desk.page.state.cursor_mm)
    wanted, _ = desk.page.images.stage.slice_of(PlaneKind.AXIAL, stored.points_mm[0])
    assert number == wanted


def test_a_row_tells_the_slice_and_takes_a_name_that_is_stored_and_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    draw_length(desk)
    rows, (stored,) = desk.page.drawn.list, annotating.annotations_of(desk.session, STUDY)
    number, _ = desk.page.images.stage.slice_of(PlaneKind.NATIVE, stored.points_mm[0])
    assert f"slice {number}" in rows.item(0).text()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("ring lesion", True))
    rows.setCurrentRow(0)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_F2)
    desk.wait(lambda: annotating.annotations_of(desk.session, STUDY)[0].text == "ring lesion")
    desk.wait(lambda: "ring lesion" in rows.item(0).text())
    desk.page.drawing.undo()
    desk.wait(lambda: annotating.annotations_of(desk.session, STUDY)[0].text == "")


def test_what_is_drawn_never_vanishes_for_what_was_read_before_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    desk.wait(lambda: not desk.tasks.busy)
    gate, read = threading.Event(), annotating.annotations_of

    def slow(session: Session, study_uid: str) -> object:
        found = read(session, study_uid)
        gate.wait(10)
        return found

    monkeypatch.setattr(annotating, "annotations_of", slow)
    desk.page.drawing._read()
    desk.page.tools.choose("length")
    drag(axial(desk), (100, 90), (180, 120))
    desk.wait(lambda: desk.page.drawn.list.count() == 1)
    counts: list[int] = []
    desk.page.drawing.changed.connect(lambda: counts.append(len(desk.page.drawing.book.all)))
    gate.set()
    desk.wait(lambda: not desk.tasks.busy)
    assert set(counts) == {1}


def test_the_menu_of_a_row_outlives_the_rows(desk: Desk) -> None:
    """The list is made anew whenever a series arrives, also while its menu is open."""
    desk.open()
    draw_length(desk)
    rows = desk.page.drawn.list
    place = rows.visualItemRect(rows.item(0)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, rows.mapToGlobal(place))
    rows.contextMenuEvent(event)
    menu = rows.findChild(QMenu)
    desk.page.drawn.show_drawn()
    next(one for one in menu.actions() if one.text().startswith("Take away")).trigger()
    desk.wait(lambda: annotating.annotations_of(desk.session, STUDY) == ())


def test_a_row_of_another_series_says_which(desk: Desk) -> None:
    desk.open()
    draw_length(desk)
    desk.page.images.choose(SECOND)
    desk.wait(lambda: "T1 number 1" in desk.page.drawn.list.item(0).text())


def test_a_key_image_takes_a_note(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open()
    desk.page.drawing.mark()
    rows = desk.page.drawn.list
    desk.wait(lambda: rows.count() == 1)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("for the board", True))
    rows.name_wanted.emit(rows.item(0))
    desk.wait(lambda: "for the board" in rows.item(0).text())
    assert annotating.key_images_of(desk.session, STUDY)[0].note == "for the board"


def test_what_cannot_be_stored_goes_from_the_screen_and_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("The disk is full.")

    desk.open()
    monkeypatch.setattr(annotating, "put_annotation", fail)
    desk.page.tools.choose("length")
    drag(axial(desk), (100, 90), (180, 120))
    desk.wait(lambda: bool(desk.news))
    desk.wait(lambda: desk.page.drawing.book.all == ())


def test_a_key_image_is_marked_listed_and_unmarked(desk: Desk) -> None:
    desk.open()
    desk.page.drawing.mark()
    desk.wait(lambda: desk.page.drawn.list.count() == 1)
    (kept,) = annotating.key_images_of(desk.session, STUDY)
    assert kept.window == desk.page.state.window
    desk.page.drawn.unmarked.emit(kept.id)
    desk.wait(lambda: desk.page.drawn.list.count() == 0)


def test_a_brush_stroke_corrects_the_label_map_and_is_undone(desk: Desk) -> None:
    desk.open()
    desk.page.tools.choose("brush")
    desk.wait(lambda: desk.page.drawing.brush.sheet.volume is not None)
    drag(axial(desk), (100, 90), (130, 100))
    desk.wait(lambda: labelling.load_corrected(desk.session, FIRST) is not None)
    assert desk.page.findChild(QLabel, "brushVolume").text().endswith("ml")
    undo = desk.page.findChild(QToolButton, "undo")
    desk.wait(lambda: "stroke" in undo.toolTip())
    undo.click()
    desk.wait(lambda: not desk.page.drawing.brush.sheet.labels.any())


def test_series_hang_side_by_side_and_scroll_together_in_one_space(desk: Desk) -> None:
    with desk.session.begin() as work:
        for one in work.series.of_study(STUDY):
            work.series.put(replace(one, frame_of_reference="1.9"))
    desk.open()
    facts = desk.page.menus.facts()
    desk.page.images.hang(in_layout(facts, 1, 2, FIRST))
    cells = desk.page.grid.cells
    desk.wait(lambda: all(cell.framing() is not None for cell in cells))
    assert {cell.series_uid for cell in cells} == {FIRST, SECOND}
    one, other = cells
    QTest.keyClick(one, Qt.Key.Key_Home)
    assert one.state is not other.state
    assert one.state.cursor_mm == pytest.approx(other.state.cursor_mm)
    desk.page.images.hang(PLANES)
    desk.wait(lambda: desk.page.grid.of_planes and axial(desk).framing() is not None)


def test_without_a_common_space_series_scroll_apart(desk: Desk) -> None:
    desk.open()
    desk.page.images.hang(in_layout(desk.page.menus.facts(), 1, 2, FIRST))
    cells = desk.page.grid.cells
    desk.wait(lambda: all(cell.framing() is not None for cell in cells))
    before = cells[1].state.cursor_mm
    QTest.keyClick(cells[0], Qt.Key.Key_End)
    assert cells[1].state.cursor_mm == before


def test_every_layout_up_to_five_by_five_shows_its_cells(desk: Desk) -> None:
    desk.open()
    for side in range(1, 6):
        desk.page.images.hang(in_layout(desk.page.menus.facts(), side, side, FIRST))
        assert len(desk.page.grid.cells) == side * side
        assert all(cell.isVisible() for cell in desk.page.grid.cells)
    assert desk.page.grid.cells[-1].notice == "Drag a series here"


def test_hanging_takes_the_sequence_with_the_most_slices(desk: Desk) -> None:
    desk.open()
    facts = desk.page.menus.facts()
    better = replace(facts[0], uid="x", slices=99)
    named = [replace(one, sequence="T1") for one in (*facts, better)]
    flair = replace(facts[0], uid="y", sequence="FLAIR")
    brain = next(one for one in hangings([*named, flair]) if one.name.startswith("Brain"))
    assert [cell.series_uid for cell in brain.cells] == ["x", "y"]


def make_time_series(desk: Desk, count: int = 4) -> None:
    with desk.session.begin() as work:
        first = work.series.get(FIRST)
        for number in range(count):
            uid = FIRST if number == 0 else f"{FIRST}.{number}"
            work.series.put(
                replace(
                    first,
                    uid=uid,
                    source_uid="1.7",
                    axis="time point",
                    axis_value=str(number + 1),
                    axis_index=number,
                    axis_count=count,
                )
            )


def test_a_series_of_several_volumes_is_one_entry_with_a_slider(desk: Desk) -> None:
    make_time_series(desk)
    desk.open()
    assert desk.page.images.strip.count() == 2
    slider = desk.page.findChild(QSlider, "volumeSlider")
    desk.wait(slider.isVisible)
    assert slider.maximum() == 3
    desk.page.state.zoom("axial", 2.0)
    cursor = desk.page.state.cursor_mm
    slider.setValue(2)
    desk.wait(lambda: desk.page.images.series.uid == f"{FIRST}.2")
    assert desk.page.state.cursor_mm == cursor
    assert desk.page.state.pose("axial").zoom == 2.0
    assert "time point 3" in desk.page.findChild(QLabel, "volumeWords").toolTip()


def test_a_film_runs_through_the_volumes(desk: Desk) -> None:
    make_time_series(desk)
    desk.open()
    desk.wait(desk.page.findChild(QSlider, "volumeSlider").isVisible)
    desk.page.film._what.setCurrentText("Volumes")
    desk.page.film.cine.set_fps(60.0)
    desk.page.film.toggle()
    desk.wait(lambda: desk.page.images.series.uid != FIRST)
    desk.page.film.toggle()
    assert not desk.page.film.cine.playing


def put_prior(desk: Desk) -> tuple[Series, Study]:
    """An earlier study of the same patient."""
    with desk.session.begin() as work:
        series, study = work.series.get(FIRST), work.studies.get(STUDY)
        prior = replace(
            study, uid="1.2.7", study_date=date(2024, 5, 1), imported_at=datetime.now(UTC)
        )
        work.studies.put(prior)
        old = replace(series, uid="1.2.7.1", study_uid=prior.uid, description="T1 old")
        work.series.put(old)
    return old, prior


def test_a_prior_stands_beside_and_scrolls_along_once_registered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = put_prior(desk)
    shift = np.eye(4)
    shift[:3, 3] = (4.0, 0.0, 0.0)
    found = Registration(shift, 0.1, 0.9, ok=True)
    monkeypatch.setattr(comparing, "register_volumes", lambda *_, **__: found)
    desk.open()
    desk.wait(lambda: bool(desk.page.images.fetcher.priors))
    desk.page.comparing.compare(old.uid)
    words = desk.page.findChild(QLabel, "compareWords")
    desk.wait(lambda: words.text().startswith("Registered"))
    desk.wait(lambda: all(cell.framing() is not None for cell in desk.page.grid.cells))
    one, other = desk.page.grid.cells
    assert "1 May 2024" in " ".join(other.caption.series)
    assert other.caption.patient == one.caption.patient
    one.state.move_cursor((1.0, 2.0, 3.0))
    assert other.state.cursor_mm == pytest.approx((5.0, 2.0, 3.0))
    with desk.session.begin() as work:
        opened = [line for line in work.audit.entries(20) if line.detail == "as prior"]
    assert [line.subject for line in opened] == ["1.2.7"]


def test_a_registration_that_cannot_be_believed_links_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = put_prior(desk)
    found = Registration(np.eye(4), 0.1, 0.05, ok=False, reason="it would turn the prior by 80°")
    monkeypatch.setattr(comparing, "register_volumes", lambda *_, **__: found)
    desk.open()
    desk.wait(lambda: bool(desk.page.images.fetcher.priors))
    desk.page.comparing.compare(old.uid)
    words = desk.page.findChild(QLabel, "compareWords")
    desk.wait(lambda: "80°" in words.text())
    desk.wait(lambda: all(cell.framing() is not None for cell in desk.page.grid.cells))
    one, other = desk.page.grid.cells
    before = other.state.cursor_mm
    QTest.keyClick(one, Qt.Key.Key_End)
    assert other.state.cursor_mm == before
    desk.page.comparing.hold_together()
    one.state.move_cursor((1.0, 2.0, 3.0))
    assert other.state.cursor_mm != before


def test_a_second_series_lies_over_the_first_and_goes_again(desk: Desk) -> None:
    with desk.session.begin() as work:
        for one in work.series.of_study(STUDY):
            work.series.put(replace(one, frame_of_reference="1.9"))
    desk.open()
    desk.page.images.hang(in_layout(desk.page.menus.facts(), 1, 2, FIRST))
    desk.wait(lambda: len(desk.page.images.shelf.all()) == 2)
    desk.wait(lambda: all(cell.framing() is not None for cell in desk.page.grid.cells))
    desk.page.fusing.fuse(SECOND)
    below = next(cell for cell in desk.page.grid.cells if cell.series_uid == FIRST)
    assert below.fusion is not None
    desk.page.fusing.opacity.setValue(80)
    assert below.fusion.opacity == pytest.approx(0.8)
    desk.page.fusing.unfuse()
    assert below.fusion is None


def test_what_would_not_fit_into_memory_is_refused_with_its_numbers(desk: Desk) -> None:
    desk.page.images.shelf._budget = 1000
    desk.page.open(study_uid=STUDY)
    desk.wait(lambda: "memory" in axial(desk).notice)
    assert "MiB" in axial(desk).notice
    assert desk.page.state is None


def bottom_rows(picture: QImage, rows: int) -> np.ndarray:
    plain = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return pixels[-rows:, : plain.width()]


def test_a_saved_picture_carries_the_banner_and_no_name(desk: Desk, tmp_path: Path) -> None:
    desk.open()
    view = axial(desk)
    desk.wait(lambda: bool(view.caption.patient))
    named, bare = picture_of(view, named=True), picture_of(view)
    corner = np.abs(
        bottom_rows(named, named.height())[:40, :160].astype(int)
        - bottom_rows(bare, bare.height())[:40, :160].astype(int)
    )
    assert corner.max() > 60
    assert bare.height() > view.height()
    assert bottom_rows(bare, bare.height() - view.height()).max() > 100
    assert "Not a medical device" in BANNER
    assert view.caption.patient[0] == "Canary, Zoe"
    desk.page.taking_out.save_picture(named=False, path=tmp_path / "one.png")
    desk.wait((tmp_path / "one.png").exists)
    desk.wait(lambda: any("Saved" in news for news in desk.news))
    with desk.session.begin() as work:
        assert any(line.action == "images.exported" for line in work.audit.entries(5))


def test_the_header_is_searched_as_one_types_and_copied(desk: Desk) -> None:
    stored = {
        "first": {
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Canary^Zoe"}]},
            "00180081": {"vr": "DS", "Value": [9.5]},
        },
        "instances": {"1.1": {"00200013": {"vr": "IS", "Value": [1]}}, "1.2": {}},
    }
    with desk.session.begin() as work:
        series = work.series.get(FIRST)
        header_file = desk.session.pixels.put_bytes(json.dumps(stored).encode(), "MRN-1")
        work.series.put(replace(series, header_file=header_file))
    desk.open()
    browser = TagBrowser(desk.page, series)
    desk.wait(lambda: browser.model.rowCount() == 3)
    browser.search.setText("echo time")
    assert browser.model.rowCount() == 1
    browser.table.selectRow(0)
    browser.copy()
    assert QGuiApplication.clipboard().text() == "(0018,0081)\tDS\tEcho Time\t9.5"
    browser.copy_value()
    assert QGuiApplication.clipboard().text() == "9.5"
    browser.search.setText("")
    browser.copy_all()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 3
    assert browser.instances.count() == 2


def test_a_finding_is_shown_on_the_slice_its_row_names_not_on_that_of_its_centre(
    desk: Desk,
) -> None:
    desk.open()
    desk.analyse()
    found = replace(desk.page.findings.findings[0], slice_index=2)
    assert "slice 3" in figures(found)
    desk.page.images.jump(found)
    number, _ = desk.page.images.stage.slice_of(PlaneKind.NATIVE, desk.page.state.cursor_mm)
    assert number == 3
