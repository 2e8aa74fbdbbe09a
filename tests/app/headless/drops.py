"""Small synthetic studies for the command line: heads with and without contrast, and what is none.

The patient's name is in every file, so that a test can look for it where it must not be.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from pydicom.dataset import Dataset

from tests.inference.example_head import example_head
from tests.viewer.dicom.multiframe import write_enhanced
from tests.viewer.series_writer import slice_dataset, uid, write_series

NAME = "CANARY^ZEBRA"


def _lie() -> dict[str, Any]:
    """How the head's slices lie, as the writers of series want it."""
    head = example_head()
    affine, (across, down, _) = head.affine, head.spacing_mm
    return {
        "positions": [affine[:3, 3] + k * affine[:3, 2] for k in range(len(head.voxels))],
        "orientation": [*affine[:3, 0] / across, *affine[:3, 1] / down],
        "spacing": (down, across),
    }


def t1_post(folder: Path, series: str = "t1") -> Path:
    """A T1 series after contrast with a simulated lesion in the head, one file per slice."""
    return write_series(folder, name=NAME, series=series, voxels=example_head().voxels, **_lie())


def t2(folder: Path) -> Path:
    """The same head as T2, which the model was not trained for."""

    def change(dataset: Dataset, k: int) -> None:
        dataset.SeriesDescription, dataset.EchoTime, dataset.RepetitionTime = "AX T2", 100.0, 5000.0

    return write_series(
        folder,
        name=NAME,
        series="t2",
        voxels=example_head().voxels,
        change=change,
        **_lie(),
    )


def enhanced(path: Path) -> Path:
    """One multi-frame object of two volumes: the same slices at two times."""
    slices, groups, lie = [], [], _lie()
    for moment in (1, 2):
        for k, place in enumerate(lie["positions"]):
            one = slice_dataset(
                example_head().voxels[k], place, lie["orientation"], lie["spacing"], k
            )
            one.PatientName, one.SOPInstanceUID = NAME, uid("enhanced")
            one.StudyInstanceUID, one.SeriesInstanceUID = uid("study"), uid("enhanced series")
            content = Dataset()
            content.TemporalPositionIndex = moment
            slices.append(one)
            groups.append({"FrameContentSequence": content})
    write_enhanced(path, slices, groups=groups)
    return path


def nifti(path: Path) -> Path:
    """The T1 head as NIfTI; only its name says what it is."""
    head, flip = example_head(), np.diag([-1.0, -1.0, 1.0, 1.0])
    nibabel.save(nibabel.Nifti1Image(head.voxels.transpose(2, 1, 0), flip @ head.affine), path)
    return path


def zipped(folder: Path, path: Path) -> Path:
    """The folder's files in one archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder.parent))
    return path


def hostile(folder: Path) -> Path:
    """A folder of what is no image: a note, a cut file, an empty one, a link to nowhere."""
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text(f"{NAME} was here")
    whole = next(iter(sorted(t1_post(folder / "whole").glob("*.dcm"))))
    for file in sorted((folder / "whole").glob("*.dcm"))[1:]:
        file.unlink()
    (folder / "cut.dcm").write_bytes(whole.read_bytes()[:-5000])
    (folder / "junk.dcm").write_bytes(b"\0" * 128 + b"DICM" + bytes(range(256)) * 4)
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "link.dcm").symlink_to(folder / "nowhere")
    return folder
