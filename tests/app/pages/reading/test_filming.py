"""Films leave with every picture of one size, the banner in each; the reader is not disturbed."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from app.pages.reading import fetching, filming
from app.workflow import exporting
from tests.app.pages.reading.conftest import SHAPE, STUDY, Desk
from viewer.canvas.export import picture_of
from viewer.geometry.planes import PlaneKind

FIRST = f"{STUDY}.1"


def axial(desk: Desk):
    return desk.page.grid.slices[PlaneKind.AXIAL]


def frames_of(path: Path) -> list[np.ndarray]:
    film, frames = cv2.VideoCapture(str(path)), []
    while (read := film.read())[0]:
        frames.append(read[1])
    return frames


def exports(desk: Desk) -> list[str]:
    with desk.session.begin() as work:
        lines = work.audit.entries(20)
    return [one.outcome for one in lines if one.action == "images.exported"]


def saved(desk: Desk) -> None:
    desk.wait(lambda: any("Saved" in news for news in desk.news))


def test_a_film_of_the_slices_decodes_again_with_every_slice(desk: Desk, tmp_path: Path) -> None:
    desk.open()
    cursor, size = desk.page.state.cursor_mm, axial(desk).size()
    height = picture_of(axial(desk)).height()
    desk.page.taking_out.save_film(tmp_path / "film.mp4")
    saved(desk)
    assert desk.page.state.cursor_mm == cursor
    frames = frames_of(tmp_path / "film.mp4")
    assert len(frames) == SHAPE[0]
    assert frames[0].shape[:2] == (height // 2 * 2, size.width() // 2 * 2)
    assert all(frame[-20:].max() > 100 for frame in frames), "the banner is in every picture"
    assert not list(tmp_path.glob("*.part*"))
    differ = [np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(frames)]
    assert min(differ) > 1.0, "each picture is another slice"


def test_the_reader_scrolls_and_resizes_while_a_film_is_made(desk: Desk, tmp_path: Path) -> None:
    """Every picture has the size and shows the slice it had to; the view stays the reader's."""
    desk.open()
    view = axial(desk)
    quiet, busy = tmp_path / "quiet.mp4", tmp_path / "busy.mp4"
    desk.page.resize(1280, 700)
    desk.page.taking_out.save_film(quiet)
    saved(desk)
    desk.news.clear()
    view.state.move_cursor(view.stage.stepped(PlaneKind.AXIAL, view.state.cursor_mm, 0))
    desk.page.taking_out.save_film(busy)
    desk.page.resize(1500, 900)
    moved = view.stage.stepped(PlaneKind.AXIAL, view.state.cursor_mm, 1)
    view.state.move_cursor(moved)
    saved(desk)
    assert view.state.cursor_mm == moved
    one, other = frames_of(quiet), frames_of(busy)
    assert len(one) == len(other) == SHAPE[0]
    assert {frame.shape for frame in other} == {other[0].shape}


def test_few_pictures_wait_for_the_encoder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open()
    taken: list[QImage] = []
    monkeypatch.setattr(
        filming, "picture_of", lambda view: taken.append(picture_of(view)) or taken[-1]
    )
    camera = filming.FilmCamera(axial(desk), filming.slices_of(axial(desk)))
    camera.start()
    desk.wait(lambda: len(taken) == filming._AHEAD)
    for _ in range(20):
        camera._take()
    assert len(taken) == filming._AHEAD < SHAPE[0]
    camera.close()


def test_a_cancelled_film_leaves_no_file_and_is_in_the_audit(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    monkeypatch.setattr(filming.FilmCamera, "start", lambda _: None)  # no picture ever comes
    desk.page.taking_out.save_film(tmp_path / "film.mp4")
    cancel = desk.page.findChild(QPushButton, "film.cancel")
    desk.wait(lambda: cancel.isVisible() and len(exports(desk)) == 1)
    cancel.click()
    desk.wait(lambda: not desk.tasks.busy)
    assert list(tmp_path.glob("*.mp4")) == []
    assert "failed" in exports(desk)
    assert len(exports(desk)) == 2
    monkeypatch.undo()
    desk.page.taking_out.save_film(tmp_path / "again.mp4")
    saved(desk)


def test_a_film_of_the_volumes_shows_the_same_slice_of_each(desk: Desk, tmp_path: Path) -> None:
    with desk.session.begin() as work:
        first, other = work.series.get(FIRST), work.series.get(f"{STUDY}.2")
        for number, one in enumerate((first, other)):
            several = {"source_uid": FIRST, "axis": "b value", "axis_value": f"{number * 500}"}
            work.series.put(replace(one, axis_index=number, axis_count=2, **several))
    desk.open()
    desk.page.taking_out.save_volumes(tmp_path / "film.mp4")
    saved(desk)
    assert len(frames_of(tmp_path / "film.mp4")) == 2
    with desk.session.begin() as work:
        lines = [one for one in work.audit.entries(20) if one.action == "images.exported"]
    assert {one.subject for one in lines} == {FIRST, f"{STUDY}.2"}
    assert desk.page.images.series.uid == FIRST
    assert desk.page.images.fetcher.volume_words(f"{STUDY}.2") == "2 of 2: b value 500"


def test_a_film_ends_where_its_study_is_left_before_a_volume_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    told: list[str] = []
    held = threading.Event()
    real = fetching.load_stage
    monkeypatch.setattr(fetching, "load_stage", lambda *given: held.wait(20) and real(*given))
    desk.page.images.load(f"{STUDY}.2", told.append, told.append)
    desk.page.images.clear("")
    held.set()
    desk.wait(lambda: bool(told))
    assert "was left" in told[0]


def test_every_series_that_is_seen_is_in_the_audit(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fused picture shows two series; both left the program."""
    with desk.session.begin() as work:
        for one in work.series.of_study(STUDY):
            work.series.put(replace(one, frame_of_reference="1.9"))
    told: list[list[str]] = []
    real = exporting.export_images
    monkeypatch.setattr(
        "app.pages.reading.taking_out.export_images",
        lambda session, study, uids, *rest: told.append(uids) or real(session, study, uids, *rest),
    )
    desk.open()
    ready: list[str] = []
    desk.page.images.load(f"{STUDY}.2", ready.append, ready.append)
    desk.wait(lambda: bool(ready))
    desk.page.fusing.fuse(f"{STUDY}.2")
    desk.page.taking_out.save_picture(named=False, path=tmp_path / "fused.png")
    saved(desk)
    assert told == [[FIRST, f"{STUDY}.2"]]
