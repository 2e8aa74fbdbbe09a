"""3-D is a child process: it may be slow, absent or dead, and the window does not mind."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.canvas.conftest import phantom
from viewer.canvas import volume_process
from viewer.canvas.captions import Caption
from viewer.canvas.volume_messages import LONGEST_SIDE, Pose3D, scene_of
from viewer.canvas.volume_view import Volume3DView
from viewer.records import Volume


def _die(connection: Connection) -> None:
    os._exit(139)


@pytest.fixture
def view(qtbot: QtBot) -> Volume3DView:
    made = Volume3DView()
    qtbot.addWidget(made, before_close_func=lambda widget: widget.close_renderer())
    made.resize(160, 160)
    made.show()
    return made


def test_a_picture_arrives_or_a_sentence_says_why_not(qtbot: QtBot, view: Volume3DView) -> None:
    base = phantom()
    voxels = np.zeros_like(base.voxels)
    voxels[4:16, 10:30, 10:40] = 900
    view.show_volume(Volume(voxels, base.affine, base.geometry), None, Caption())
    qtbot.waitUntil(lambda: bool(view.device) or "not available" in view.notice, timeout=60_000)
    if view.device:
        image = view.grab().toImage()
        centre = image.pixelColor(image.width() // 2, image.height() // 2)
        assert centre.lightness() > 10


def test_a_child_killed_by_its_driver_leaves_a_sentence(
    qtbot: QtBot, view: Volume3DView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume_process, "serve", _die)
    view.show_volume(phantom(), None, Caption())
    qtbot.waitUntil(lambda: "not available" in view.notice, timeout=60_000)
    assert view.device == ""


def test_the_scene_is_thinned_and_stays_in_its_place() -> None:
    voxels = np.zeros((4, 600, 300), np.uint16)
    affine = np.diag([1.0, 1.0, 3.0, 1.0])
    scene = scene_of(voxels, affine)
    assert max(scene.gray.shape) <= LONGEST_SIDE
    assert scene.gray.shape == (4, 200, 150)
    assert np.allclose(np.diag(scene.affine), [2.0, 3.0, 3.0, 1.0])


@pytest.mark.parametrize(
    ("azimuth", "elevation", "eye"),
    [(0.0, 0.0, (0, -1, 0)), (90.0, 0.0, (1, 0, 0)), (0.0, 90.0, (0, 0, 1))],
)
def test_the_eye_is_where_the_angles_say(
    azimuth: float, elevation: float, eye: tuple[int, int, int]
) -> None:
    seen, up = Pose3D(10, 10, azimuth, elevation).camera()
    assert np.allclose(seen, eye, atol=1e-9)
    assert abs(float(np.dot(seen, up))) < 1e-9
