"""Pictures as an MP4 film.

OpenCV writes it (it is here through grad-cam, Apache-2.0) with the codec of its own library that
every player and browser knows and whose licence allows it: VP9 in an MP4 file, else MPEG-4 part 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.ports import Progress

CODECS = ("vp09", "mp4v")


class FilmFailedError(ViewerError):
    """The film could not be written; nothing is left behind."""


def write_film(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    count: int,
    frames_per_second: float,
    progress: Progress,
) -> None:
    """Write RGB frames (height, width, 3), all of one size, as an MP4 file.

    Sides that are odd lose their last row or column, which the codecs do not know. A film that
    was cancelled or failed leaves no file.

    Raises
    ------
    FilmFailedError
        No encoder took it, or the disk did not.
    """
    import cv2  # noqa: PLC0415 - 50 MB, only where a film is made

    part = path.with_name(f"{path.stem}.part.mp4")
    writer = None
    try:
        for number, frame in enumerate(frames):
            progress(number / max(count, 1), "Writing the film")
            even = frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2]
            if writer is None:
                writer = _writer(cv2, part, frames_per_second, even.shape)
            writer.write(np.ascontiguousarray(even[..., ::-1]))
        if writer is None:
            raise FilmFailedError("There is nothing to make a film of.")
        writer.release()
        writer = None
        if not part.exists() or not part.stat().st_size:
            raise FilmFailedError("The film could not be written; is the disk full?")
        part.replace(path)
    finally:
        if writer is not None:
            writer.release()
        part.unlink(missing_ok=True)


def _writer(cv2, path: Path, rate: float, shape: tuple[int, ...]):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - OpenCV has no types
    for name in CODECS:
        writer = cv2.VideoWriter(
            str(path), cv2.VideoWriter.fourcc(*name), rate, (shape[1], shape[0])
        )
        if writer.isOpened():
            return writer
        writer.release()
    raise FilmFailedError("No encoder for films is installed.")
