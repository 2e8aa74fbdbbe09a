"""How a user of these libraries reads a folder into an array (slices, rows, columns)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def by_simpleitk(folder: Path) -> NDArray[Any]:
    """SimpleITK's series reader, as its documentation shows it."""
    import SimpleITK  # noqa: PLC0415 - one library a process

    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    voxels: NDArray[Any] = SimpleITK.GetArrayFromImage(reader.Execute())
    return voxels


def by_pydicom(folder: Path) -> NDArray[Any]:
    """pydicom, slices put in order by their positions along the normal."""
    import pydicom  # noqa: PLC0415 - one library a process
    from pydicom.errors import InvalidDicomError  # noqa: PLC0415

    slices = []
    for path in folder.iterdir():
        try:
            slices.append(pydicom.dcmread(path))
        except InvalidDicomError:
            continue
    orientation = np.array(slices[0].ImageOrientationPatient, float)
    normal = np.cross(orientation[:3], orientation[3:])
    slices.sort(key=lambda one: float(np.dot(normal, np.array(one.ImagePositionPatient, float))))
    return np.stack([one.pixel_array for one in slices])


READERS = {"simpleitk": by_simpleitk, "pydicom": by_pydicom}
