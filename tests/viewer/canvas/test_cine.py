"""A film of slices or volumes: every picture in its turn, at the reader's pace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.viewer.canvas.conftest import phantom
from viewer.canvas.captions import Caption
from viewer.canvas.cine import AtTheEnd, Cine, SliceReel, VolumeReel, following
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import stage_of
from viewer.geometry.planes import PlaneKind


class Film:
    """A row of pictures that remembers which were shown."""

    def __init__(self, count: int, first: int = 0) -> None:
        self.seen: list[int] = []
        self.reel = VolumeReel(count, self.seen.append, first)


@pytest.fixture
def cine() -> Iterator[Cine]:
    made = Cine()
    yield made
    made.stop()


def play(cine: Cine, film: Film, steps: int) -> list[int]:
    cine.play(film.reel)
    for _ in range(steps):
        cine.step()
    return film.seen


def test_it_repeats_from_the_start(cine: Cine) -> None:
    assert play(cine, Film(4, first=2), 6) == [3, 0, 1, 2, 3, 0]
    assert cine.playing


def test_it_runs_backwards(cine: Cine) -> None:
    cine.set_forward(forward=False)
    assert play(cine, Film(4, first=1), 5) == [0, 3, 2, 1, 0]


def test_it_swings_without_showing_an_end_twice(cine: Cine) -> None:
    cine.end = AtTheEnd.SWING
    assert play(cine, Film(4, first=2), 8) == [3, 2, 1, 0, 1, 2, 3, 2]


def test_it_stops_at_the_end_and_says_so(qtbot: QtBot, cine: Cine) -> None:
    cine.end = AtTheEnd.STOP
    film = Film(4, first=2)
    assert play(cine, film, 1) == [3]
    with qtbot.waitSignal(cine.playing_changed):
        cine.step()
    assert not cine.playing
    assert film.seen == [3]


@pytest.mark.parametrize("count", [0, 1])
def test_there_is_no_film_of_one_picture(cine: Cine, count: int) -> None:
    assert play(cine, Film(count), 2) == []
    assert not cine.playing


@pytest.mark.parametrize("end", AtTheEnd)
@pytest.mark.parametrize("forward", [True, False])
def test_every_picture_comes_once_in_a_round(end: AtTheEnd, forward: bool) -> None:
    number, ahead, seen = (0 if forward else 6), forward, []
    for _ in range(6):
        after = following(number, 7, forward=ahead, end=end)
        assert after is not None
        number, ahead = after
        seen.append(number)
    assert sorted([*seen, 0 if forward else 6]) == list(range(7))


def test_the_pace_stays_within_what_a_screen_shows(cine: Cine) -> None:
    for asked, got in ((0.0, 1.0), (25.0, 25.0), (1000.0, 60.0)):
        cine.set_fps(asked)
        assert cine.fps == got


def test_the_clock_turns_the_pictures(qtbot: QtBot, cine: Cine) -> None:
    film = Film(50)
    cine.set_fps(60)
    cine.play(film.reel)
    qtbot.waitUntil(lambda: len(film.seen) >= 5)
    cine.stop()
    assert film.seen[:5] == [1, 2, 3, 4, 5]


def test_toggle_starts_and_stops(cine: Cine) -> None:
    film = Film(5)
    cine.toggle(film.reel)
    assert cine.playing
    cine.toggle(film.reel)
    assert not cine.playing


@pytest.fixture
def view(qtbot: QtBot) -> SliceView:
    made = SliceView(PlaneKind.SAGITTAL)
    qtbot.addWidget(made)
    stage = stage_of(phantom())
    made.show_stage(stage, stage.first_state(), Caption())
    return made


def test_the_slices_of_a_view_are_played_one_by_one(cine: Cine, view: SliceView) -> None:
    reel = SliceReel(view)
    first = reel.place()
    assert first is not None
    assert first[1] == 50
    cine.play(reel)
    seen = []
    for _ in range(50):
        cine.step()
        place = reel.place()
        assert place is not None
        seen.append(place[0])
    assert sorted(seen) == list(range(50))
    assert seen[-1] == first[0]


def test_the_reader_may_scroll_while_it_plays(cine: Cine, view: SliceView) -> None:
    reel = SliceReel(view)
    cine.play(reel)
    cine.step()
    assert view.stage is not None
    assert view.state is not None
    before = reel.place()
    view.state.move_cursor(view.stage.stepped(view.kind, view.state.cursor_mm, 7))
    cine.step()
    after = reel.place()
    assert before is not None
    assert after is not None
    assert after[0] == before[0] + 8


def test_a_view_that_was_emptied_ends_the_film(cine: Cine, view: SliceView) -> None:
    cine.play(SliceReel(view))
    view.clear("Opening…")
    cine.step()
    assert not cine.playing


def test_a_turned_plane_is_played_from_end_to_end(cine: Cine, view: SliceView) -> None:
    assert view.state is not None
    view.state.tilt_planes([PlaneKind.SAGITTAL], (0.0, 0.0, 1.0), 0.3)
    reel = SliceReel(view)
    place = reel.place()
    assert place is not None
    cine.play(reel)
    seen = set()
    for _ in range(place[1]):
        cine.step()
        now = reel.place()
        assert now is not None
        seen.add(now[0])
    assert seen == set(range(place[1]))


def test_keys_still_work_while_it_plays(cine: Cine, view: SliceView) -> None:
    cine.play(SliceReel(view))
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert SliceReel(view).place() == (0, 50)
    assert cine.playing
