"""What the rendering process draws; skipped where there is no OpenGL at all."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_CODE = """
import json, sys
import numpy as np
from viewer.canvas.volume_messages import LOOKS, Pose3D
from viewer.canvas.volume_presets import PRESETS
from viewer.canvas.volume_scene import VolumeScene

def lit(frame):
    return int((frame[..., :3].max(axis=2) > 12).sum())

scene = VolumeScene()
voxels = np.zeros((40, 40, 40), np.uint8)
voxels[5:35, 5:35, 5:35] = 120
voxels[10:20, 5:12, 25:35] = 255
affine = np.diag([2.0, 2.0, 2.0, 1.0])
scene.show(voxels, affine)
told = {"mapper": scene.mapper}
told["presets"] = {name: lit(scene.draw(Pose3D(120, 120, preset=name))) for name in PRESETS}
told["whole"] = lit(scene.draw(Pose3D(120, 120, preset="Skin")))
told["half"] = lit(scene.draw(Pose3D(120, 120, preset="Skin", kept=(0, 1, 0, 1, 0, 0.5))))
front = scene.draw(Pose3D(120, 120, preset="Skin")).astype(int)
cut = scene.draw(Pose3D(120, 120, preset="Skin", cut_mm=(40.0, 40.0, 40.0))).astype(int)
told["cut_changes"] = int(np.abs(front - cut).max())
away = scene.draw(Pose3D(120, 120, preset="Skin", cut_mm=(40.0, 400.0, 40.0)))
told["cut_all"] = lit(away)
bright = scene.draw(Pose3D(120, 120, preset="Brightest (MIP)"))[..., 0].astype(int)
ys, xs = np.nonzero(bright > 200)
told["bright_right"] = bool(xs.mean() > 60)
json.dump(told, sys.stdout)
"""


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    """Drawn in a process of its own: with no OpenGL VTK ends it."""
    done = subprocess.run(
        [sys.executable, "-c", _CODE], capture_output=True, text=True, timeout=110, check=False
    )
    if done.returncode < 0:
        pytest.skip("no OpenGL here")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_mapper_was_chosen_by_drawing(told: dict[str, object]) -> None:
    assert told["mapper"] in {"vtkFixedPointVolumeRayCastMapper", "vtkGPUVolumeRayCastMapper"}


def test_every_preset_shows_the_volume(told: dict[str, dict[str, int]]) -> None:
    assert all(lit > 500 for lit in told["presets"].values()), told["presets"]


def test_keeping_half_of_the_slices_shows_about_half(told: dict[str, float]) -> None:
    assert 0.35 < told["half"] / told["whole"] < 0.7


def test_cutting_to_the_crosshair_takes_away_what_lies_before_it(told: dict[str, int]) -> None:
    assert told["cut_changes"] > 10
    assert told["cut_all"] == 0


def test_the_patients_left_is_on_the_right_when_seen_from_the_front(
    told: dict[str, bool],
) -> None:
    assert told["bright_right"]
