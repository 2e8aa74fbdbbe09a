"""Earlier studies: where they are listed, what may be seen of them, how they come to lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton

from app.errors import MemoryBudgetError
from app.pages.reading import comparing, loading
from app.workflow.memory import forecast
from tests.app.pages.reading.conftest import STUDY, Desk
from viewer.canvas.hanging import PLANES, hangings, in_layout
from viewer.geometry.alignment import Registration
from viewer.ports import Progress
from viewer.records import Volume

FIRST, SECOND, PRIOR, OLD = f"{STUDY}.1", f"{STUDY}.2", "1.2.7", "1.2.7.1"
SHIFT = np.eye(4)
SHIFT[0, 3] = 4.0
_TIMES = {
    1: {"EchoTime": "9", "RepetitionTime": "500"},
    2: {"EchoTime": "100", "RepetitionTime": "4500"},
}


@pytest.fixture
def room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A patient with an earlier study of the two sequences, open, its priors known."""
    with desk.session.begin() as work:
        study = work.studies.get(STUDY)
        work.studies.put(
            replace(study, uid=PRIOR, study_date=date(2024, 5, 1), imported_at=datetime.now(UTC))
        )
        for number, one in enumerate(work.series.of_study(STUDY), 1):
            here = replace(one, frame_of_reference="1.9", physics=_TIMES[number])
            work.series.put(here)
            then = replace(here, uid=f"{PRIOR}.{number}", study_uid=PRIOR, frame_of_reference="1.8")
            work.series.put(replace(then, description=f"old {number}"))
    found = Registration(SHIFT, 0.1, 0.9, ok=True)
    monkeypatch.setattr(comparing, "register_volumes", lambda *_, **__: found)
    desk.open()
    desk.wait(lambda: bool(desk.page.images.fetcher.priors))
    return desk


def endless(_: Volume, __: Volume, progress: Progress) -> Registration:
    while True:
        progress(0.5, "Registering")


def words(room: Desk) -> str:
    return room.page.findChild(QLabel, "compareWords").text()


def shown(room: Desk) -> list[str]:
    return [cell.series_uid for cell in room.page.grid.cells]


def all_there(room: Desk) -> None:
    room.wait(lambda: all(cell.framing() is not None for cell in room.page.grid.cells))


def openings(room: Desk) -> list[str]:
    with room.session.begin() as work:
        lines = work.audit.entries(50)
    return [line.subject for line in lines if line.detail == "as prior"]


def test_priors_stand_under_their_date_and_nothing_of_them_is_decrypted(room: Desk) -> None:
    strip = room.page.images.strip
    texts = [strip.item(row).text() for row in range(strip.count())]
    assert texts == ["T1 number 1", "T1 number 2", "Earlier\n1 May 2024", "old 1", "old 2"]
    assert not strip.item(2).flags() & Qt.ItemFlag.ItemIsSelectable
    room.wait(lambda: not room.tasks.busy)
    assert strip.wants_thumbnail(OLD)
    assert openings(room) == []


def test_a_click_on_a_prior_shows_it_beside_the_active_series(room: Desk) -> None:
    strip = room.page.images.strip
    strip.itemClicked.emit(strip.item(3))
    all_there(room)
    assert shown(room) == [FIRST, OLD]
    assert not strip.wants_thumbnail(OLD)
    assert room.page.images.series.uid == FIRST


def test_a_prior_whose_opening_cannot_be_audited_is_not_decrypted(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loading.reading, "open_prior", refuse)
    room.page.comparing.compare(OLD)
    room.wait(lambda: "No space left" in room.page.grid.cells[1].notice)
    assert room.page.images.shelf.get(OLD) is None


def test_sequences_hang_side_by_side_and_one_registration_serves_them_all(room: Desk) -> None:
    beside = next(one for one in hangings(room.page.menus.facts()) if one.pairs)
    assert beside.name == "Compare with 1 May 2024"
    room.page.images.hang(beside)
    all_there(room)
    assert shown(room) == [FIRST, OLD, SECOND, f"{PRIOR}.2"]
    room.wait(lambda: words(room).startswith("Registered"))
    cells = room.page.grid.cells
    room.wait(lambda: all("registered" in " ".join(one.caption.series) for one in cells[1::2]))
    cells[2].state.move_cursor((1.0, 2.0, 3.0))
    for cell, wanted in zip(cells, (1.0, 5.0, 1.0, 5.0), strict=True):
        assert cell.state.cursor_mm == pytest.approx((wanted, 2.0, 3.0))
    assert openings(room) == [PRIOR, PRIOR]


def test_how_a_pair_was_linked_is_said_rightly_after_another_layout(room: Desk) -> None:
    """What was held by hand, or registered, is never said to share a space."""
    for act, wanted in (
        (lambda: None, "registered, check the match"),
        (room.page.comparing.hold_together, "held together by hand"),
    ):
        room.page.comparing.compare(OLD)
        room.wait(lambda: words(room).startswith("Registered"))
        act()
        room.page.images.hang(PLANES)
        all_there(room)
        room.page.images.shelf.drop(OLD)
        for series in (OLD, f"{PRIOR}.2"):
            room.page.comparing.compare(series)
            all_there(room)
            room.wait(lambda: bool(words(room)))
            assert room.page.grid.cells[1].caption.series[-1] == wanted


def test_menus_are_about_the_prior_while_its_view_is_the_active_one(room: Desk) -> None:
    room.page.comparing.compare(OLD)
    all_there(room)
    current, old = room.page.grid.cells
    old.activated.emit()
    menu = QMenu()
    room.page.menus._fill_look(menu)
    next(one for one in menu.actions() if one.text().startswith("Invert")).trigger()
    assert old.state.inverted
    assert not current.state.inverted
    assert room.page.images.looked_at.uid == OLD
    assert room.page.images.series.uid == FIRST


def test_a_cancelled_registration_leaves_them_apart_and_another_try_begins_anew(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = comparing.register_volumes
    monkeypatch.setattr(comparing, "register_volumes", endless)
    room.page.comparing.compare(OLD)
    cancel = room.page.findChild(QPushButton, "registration.cancel")
    room.wait(cancel.isVisible)
    cancel.click()
    room.wait(lambda: "cancelled" in words(room))
    assert "not registered" in " ".join(room.page.grid.cells[1].caption.series)
    monkeypatch.setattr(comparing, "register_volumes", quick)
    room.page.comparing.compare(OLD)
    room.wait(lambda: words(room).startswith("Registered"))


def test_a_registration_that_is_left_behind_says_nothing_any_more(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "register_volumes", endless)
    room.page.comparing.compare(OLD)
    room.wait(room.page.findChild(QPushButton, "registration.cancel").isVisible)
    room.page.images.hang(PLANES)
    room.wait(lambda: not room.tasks.busy)
    assert room.page.comparing.bar.isHidden()


def test_a_prior_dropped_into_a_cell_is_registered_too(room: Desk) -> None:
    room.page.images.hang(in_layout(room.page.menus.facts(), 1, 3, FIRST))
    room.wait(lambda: room.page.grid.cells[0].framing() is not None)
    room.page.grid.series_dropped.emit(2, OLD)
    room.wait(lambda: words(room).startswith("Registered"))


def test_of_two_series_dropped_on_one_cell_the_later_one_stays(room: Desk) -> None:
    room.page.images.hang(in_layout(room.page.menus.facts(), 1, 1, FIRST))
    room.page.images.put_in(0, OLD)
    room.page.images.put_in(0, FIRST)
    room.wait(lambda: not room.tasks.busy)
    assert shown(room) == [FIRST]
    assert room.page.grid.cells[0].stage is room.page.images.shelf.get(FIRST).stage


def test_fusion_is_there_again_when_the_series_below_comes_back(room: Desk) -> None:
    room.page.images.hang(in_layout(room.page.menus.facts(), 1, 2, FIRST))
    all_there(room)
    room.page.fusing.fuse(SECOND)
    assert room.page.grid.cells[0].fusion is not None
    room.page.images.hang(PLANES)
    room.wait(lambda: all(cell.fusion is not None for cell in room.page.grid.cells))
    room.page.images.choose(SECOND)
    room.wait(room.page.fusing.bar.isHidden)
    assert all(cell.fusion is None for cell in room.page.grid.cells)


def test_series_on_their_way_count_as_memory_in_use(desk: Desk) -> None:
    """Without that, a layout of many series would pass the budget one by one."""
    with desk.session.begin() as work:
        one, other = work.series.of_study(STUDY)
    shelf = desk.page.images.shelf
    shelf._budget = round(1.5 * forecast(one).total)
    shelf.make_room(one, None, ())
    with pytest.raises(MemoryBudgetError):
        shelf.make_room(other, None, ())
    shelf.give_up(one.uid)
    shelf.make_room(other, None, ())


def test_an_empty_view_says_how_much_memory_is_coming(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.page.images.fetcher, "fetch", lambda *_: None)
    room.page.images.choose(SECOND)
    assert "MiB of memory" in room.page.grid.cells[0].notice


def test_keys_reach_the_images_as_soon_as_a_study_is_open(room: Desk) -> None:
    cell = room.page.grid.active
    assert room.page.focusWidget() is cell
    QTest.keyClick(cell, Qt.Key.Key_I)
    assert cell.state.inverted
