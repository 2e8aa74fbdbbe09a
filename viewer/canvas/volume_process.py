"""The child process that renders in 3-D, and the thread that talks to it.

Where OpenGL is missing VTK ends its process without an exception, and a first frame can take
seconds; neither may happen in the window's process. So a child renders and a thread waits for
it: the window only ever receives finished pictures, or the news that there will be none.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.volume_messages import Pose3D, Scene, scene_of

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One finished picture: RGBX uint8 of shape (height, width, 4)."""

    pixels: NDArray[np.uint8]
    pose: Pose3D
    device: str


def serve(connection: Connection) -> None:
    """Render what the other end asks for until it hangs up; runs in the child."""
    if sys.platform == "linux":
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    from viewer.canvas.volume_scene import VolumeScene  # noqa: PLC0415 - VTK belongs to the child

    stage = VolumeScene()
    try:
        while True:
            asked = connection.recv()
            if isinstance(asked, Scene):
                stage.show(asked.gray, asked.affine)
                if asked.labels is not None:
                    stage.outline(asked.labels, asked.affine)
                continue
            connection.send((stage.device, stage.draw(asked)))
    except (EOFError, OSError):
        return


class _Ring(Enum):
    WISH = "wish"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    voxels: NDArray[np.generic]
    affine: NDArray[np.float64]
    labels: NDArray[np.uint8] | None


class VolumePainter:
    """Asks a child process for pictures; only the newest wish is ever rendered.

    Parameters
    ----------
    arrived
        Called on this painter's thread with each finished picture.
    missing
        Called once on this painter's thread, with a sentence, if there is no 3-D here.
    """

    def __init__(self, arrived: Callable[[Frame], None], missing: Callable[[str], None]) -> None:
        self._arrived = arrived
        self._missing = missing
        self._bell: queue.SimpleQueue[_Ring] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._grid: _Grid | None = None
        self._pose: Pose3D | None = None
        self._thread = threading.Thread(target=self._work, name="volume-painter", daemon=True)
        self._thread.start()

    def show(
        self,
        voxels: NDArray[np.generic],
        affine: NDArray[np.float64],
        labels: NDArray[np.uint8] | None = None,
    ) -> None:
        """Draw this volume (slices, rows, columns) from now on."""
        with self._lock:
            self._grid = _Grid(voxels, affine, labels)
        self._bell.put(_Ring.WISH)

    def look(self, pose: Pose3D) -> None:
        """Ask for a picture; an older wish not yet begun is forgotten."""
        with self._lock:
            self._pose = pose
        self._bell.put(_Ring.WISH)

    def close(self) -> None:
        """End the child and the thread; no callback comes afterwards."""
        self._closing.set()
        self._bell.put(_Ring.CLOSE)
        self._thread.join(timeout=5.0)

    def _work(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        child = context.Process(target=serve, args=(theirs,), name="volume", daemon=True)
        try:
            if self._bell.get() is _Ring.CLOSE:
                return
            child.start()
            theirs.close()
            self._answer(ours)
        except (EOFError, OSError):
            if not self._closing.is_set():
                self._missing("3-D is not available on this machine: no working OpenGL was found.")
        finally:
            ours.close()
            if child.pid is not None:
                child.kill()
                child.join()

    def _answer(self, ours: Connection) -> None:
        """Serve wishes until close(); a child that dies shows as EOFError."""
        shown = False
        while True:
            with self._lock:
                grid, self._grid = self._grid, None
                shown = shown or grid is not None
                pose = None
                if shown:
                    pose, self._pose = self._pose, None
            if grid is not None:
                ours.send(scene_of(grid.voxels, grid.affine, grid.labels))
                grid = None
            if pose is not None:
                ours.send(pose)
                if not self._wait(ours):
                    return
                device, pixels = ours.recv()
                if not self._closing.is_set():
                    self._arrived(Frame(pixels, pose, device))
            if self._bell.get() is _Ring.CLOSE:
                return

    def _wait(self, ours: Connection) -> bool:
        """Whether an answer came before close(); raises EOFError if the child is stuck or gone."""
        for _ in range(int(PATIENCE_S / 0.1)):
            if ours.poll(0.1):
                return True
            if self._closing.is_set():
                return False
        raise EOFError
