"""One peer reads one series in a process of its own: ``python -m tests.bench.geometry_peers``.

Arguments: peer, folder of the series, folder to write into. The volumes go to ``volumes.npz``,
everything the peer says to standard output and error, which the caller keeps.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Placed = tuple[NDArray[Any], NDArray[np.float64]]

ABSENT = 3
"""What the process ends with when the peer is not installed."""

_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


class RefusedError(Exception):
    """The peer has no way to read this."""


def simpleitk(folder: Path, _work: Path) -> list[Placed]:
    """Every series GDCM lists in the folder, by the series reader."""
    import SimpleITK as sitk  # noqa: N813, PLC0415

    volumes = []
    for series in sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder)):
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), series))
        image = reader.Execute()
        affine = np.eye(4)
        directions = np.array(image.GetDirection()).reshape(3, 3)
        affine[:3, :3] = directions * np.array(image.GetSpacing())
        affine[:3, 3] = image.GetOrigin()
        volumes.append((sitk.GetArrayFromImage(image), affine))
    return volumes


def dcm2niix(folder: Path, work: Path) -> list[Placed]:
    """Every NIfTI the converter writes, with its own affine."""
    program = shutil.which("dcm2niix")
    if program is None:
        raise ImportError("dcm2niix is not installed")
    subprocess.run([program, "-b", "n", "-z", "n", "-f", "x", "-o", work, folder], check=False)
    return _nifti_volumes(sorted(work.glob("*.nii")))


def vtk(folder: Path, _work: Path) -> list[Placed]:
    """The folder, with the best affine a caller can build from what the reader tells.

    It stacks against the normal and its position is that of the slice it put last.
    """
    from vtkmodules.util.numpy_support import vtk_to_numpy  # noqa: PLC0415
    from vtkmodules.vtkIOImage import vtkDICOMImageReader  # noqa: PLC0415

    reader = vtkDICOMImageReader()
    reader.SetDirectoryName(str(folder))
    reader.Update()
    image = reader.GetOutput()
    columns, rows, slices = image.GetDimensions()
    if not (columns and rows and slices) or image.GetPointData().GetScalars() is None:
        raise RefusedError("no image")
    voxels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(slices, rows, columns)
    spacing = image.GetSpacing()
    stated = np.array(reader.GetImageOrientationPatient(), float)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = stated[:3] * spacing[0], stated[3:] * spacing[1]
    affine[:3, 2] = -np.cross(stated[:3], stated[3:]) * spacing[2]
    affine[:3, 3] = reader.GetImagePositionPatient() - affine[:3, 2] * (slices - 1)
    return [(voxels[:, ::-1], affine)]


def nibabel_own(folder: Path, _work: Path) -> list[Placed]:
    """nibabel.nicom: mosaics and enhanced objects whole, slices sorted by ``slices_to_series``."""
    from nibabel.nicom import dicomreaders, dicomwrappers  # noqa: PLC0415

    wrappers = [dicomwrappers.wrapper_from_file(path) for path in sorted(folder.iterdir())]
    whole = [one for one in wrappers if one.is_mosaic or one.is_multiframe]
    volumes = []
    for one in whole:
        data = np.asarray(one.get_data())
        volumes += _split(data, np.asarray(one.affine))
    flat = [one for one in wrappers if not (one.is_mosaic or one.is_multiframe)]
    for series in dicomreaders.slices_to_series(flat) if flat else []:
        data = np.stack([np.asarray(one.get_data()) for one in series], axis=-1)
        volumes += _split(data, np.asarray(series[0].affine))
    return [(voxels.swapaxes(1, 2), affine[:, [1, 0, 2, 3]]) for voxels, affine in volumes]


def _nifti_volumes(paths: list[Path]) -> list[Placed]:
    import nibabel  # noqa: PLC0415

    volumes = []
    for path in paths:
        image = nibabel.load(path)
        volumes += _split(np.asarray(image.dataobj), _RAS @ image.affine)
    return volumes


def _split(data: NDArray[Any], affine: NDArray[np.float64]) -> list[Placed]:
    """(columns, rows, slices[, volumes]) as volumes of (slices, rows, columns)."""
    full = data.reshape((*(*data.shape, 1)[:3], -1))
    return [(full[..., number].transpose(2, 1, 0), affine) for number in range(full.shape[3])]


PEERS: dict[str, Callable[[Path, Path], list[Placed]]] = {
    "SimpleITK": simpleitk,
    "dcm2niix": dcm2niix,
    "vtkDICOMImageReader": vtk,
    "nibabel.nicom": nibabel_own,
}


def main() -> None:
    warnings.simplefilter("ignore")
    peer, folder, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    try:
        volumes = PEERS[peer](folder, work)
    except ImportError:
        sys.exit(ABSENT)
    arrays = {}
    for number, (voxels, affine) in enumerate(volumes):
        arrays[f"voxels{number}"], arrays[f"affine{number}"] = voxels, affine
    np.savez(work / "volumes.npz", count=len(volumes), **arrays)


if __name__ == "__main__":
    main()
