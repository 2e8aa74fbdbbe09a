"""The series all readers get: a seeded head with noise, in files with shuffled names.

A is 192 slices of 256 x 256 (25 MB), uncompressed; B and C are the same pixels as JPEG-LS and
JPEG 2000, both lossless; D is 512 slices of 512 x 512 (268 MB). In each folder lie 20 files that
are no images. Noise everywhere makes every slice differ from the next. No patient's data.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from imagecodecs import (
    htj2k_encode,
    jpeg2k_encode,
    jpeg8_encode,
    jpegls_encode,
    ljpeg_encode,
)
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.viewer.series_writer import AXIAL, slice_dataset, uid

ROOT = Path("var/bench/data")
STRANGERS = 20
_SEED = 20
_VERSION = "3"

Encoder = Callable[[NDArray[Any]], bytes]


@dataclass(frozen=True, slots=True)
class Phantom:
    """A series on the disk; ``truth`` is a .npy of (slices, rows, columns), head last."""

    name: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    syntax: str = str(ExplicitVRLittleEndian)
    bits: int = 12

    @property
    def folder(self) -> Path:
        return ROOT / self.name

    @property
    def truth(self) -> Path:
        return ROOT / f"truth-{'x'.join(map(str, self.shape))}-{self.bits}.npy"

    @property
    def lossy(self) -> bool:
        return self.syntax == JPEGBaseline8Bit

    @property
    def voxels(self) -> int:
        return self.shape[0] * self.shape[1] * self.shape[2]


A = Phantom("A", (192, 256, 256), (0.9375, 0.9375, 1.0))
B = Phantom("B", A.shape, A.spacing_mm, str(JPEGLSLossless))
C = Phantom("C", A.shape, A.spacing_mm, str(JPEG2000Lossless))
D = Phantom("D", (512, 512, 512), (0.5, 0.5, 0.5))

_FEW = (48, 256, 256)
SYNTAXES = tuple(
    Phantom(f"syntax-{syntax.keyword}", _FEW, A.spacing_mm, str(syntax), bits)
    for syntax, bits in (
        (ImplicitVRLittleEndian, 12),
        (ExplicitVRLittleEndian, 12),
        (ExplicitVRBigEndian, 12),
        (DeflatedExplicitVRLittleEndian, 12),
        (RLELossless, 12),
        (JPEGBaseline8Bit, 8),
        (JPEGLosslessSV1, 12),
        (JPEGLSLossless, 12),
        (JPEG2000Lossless, 12),
        (HTJ2KLossless, 12),
    )
)
"""The same 48 slices in every transfer syntax; JPEG baseline has 8 bits and loses some."""

_ENCODERS: dict[str, Encoder] = {
    str(JPEGBaseline8Bit): lambda picture: bytes(jpeg8_encode(picture, level=95)),
    str(JPEGLosslessSV1): lambda picture: bytes(ljpeg_encode(picture, bitspersample=12)),
    str(JPEGLSLossless): lambda picture: bytes(jpegls_encode(picture)),
    str(JPEG2000Lossless): lambda picture: bytes(
        jpeg2k_encode(picture, codecformat="j2k", reversible=True, level=0)
    ),
    str(HTJ2KLossless): lambda picture: bytes(htj2k_encode(picture, reversible=True)),
}


def ready(phantom: Phantom) -> Phantom:
    """The phantom, written if it is not there yet."""
    mark = phantom.folder / ".done"
    if not (mark.is_file() and mark.read_text() == _VERSION and phantom.truth.is_file()):
        shutil.rmtree(phantom.folder, ignore_errors=True)
        phantom.folder.mkdir(parents=True)
        _write(phantom, _truth(phantom))
        mark.write_text(_VERSION)
    return phantom


def head(shape: tuple[int, int, int]) -> NDArray[np.uint16]:
    """A head of nested ellipsoids with vessels and noise, 12 bits, the crown last."""
    random = np.random.default_rng(_SEED)
    grid = [np.linspace(-1.0, 1.0, count, dtype=np.float32) for count in shape]
    y, x = grid[1][:, None], grid[2][None, :]
    voxels = np.empty(shape, np.uint16)
    for k, z in enumerate(grid[0]):
        picture = np.zeros(shape[1:], np.float32)
        for size, value in ((0.92, 700.0), (0.86, 150.0), (0.80, 900.0), (0.45, 1300.0)):
            inside = (x / (0.82 * size)) ** 2 + (y / size) ** 2 + (z / size) ** 2 < 1.0
            picture[inside] = value
        folds = 1.0 + 0.12 * np.sin(23.0 * x + 9.0 * z) * np.cos(19.0 * y - 7.0 * z)
        lesion = (x - 0.3) ** 2 + (y + 0.25) ** 2 + (z - 0.1) ** 2 < 0.12**2
        picture = np.where(lesion, 2400.0, picture * folds)
        noise = random.normal(0.0, 14.0, shape[1:]).astype(np.float32)
        voxels[k] = np.clip(picture + np.abs(noise), 0.0, 4095.0)
    return voxels


def _truth(phantom: Phantom) -> NDArray[Any]:
    if not phantom.truth.is_file():
        voxels = head(phantom.shape)
        np.save(phantom.truth, voxels if phantom.bits > 8 else (voxels >> 4).astype(np.uint8))
    kept: NDArray[Any] = np.load(phantom.truth, mmap_mode="r")
    return kept


def _write(phantom: Phantom, voxels: NDArray[Any]) -> None:
    """One file a slice; the order of the names says nothing about the order of the slices."""
    names = np.random.default_rng(_SEED + 1).permutation(len(voxels) + STRANGERS)
    across, down, through = phantom.spacing_mm
    for k, picture in enumerate(voxels):
        place = (
            -across * (picture.shape[1] - 1) / 2,
            -down * (picture.shape[0] - 1) / 2,
            through * (k - (len(voxels) - 1) / 2),
        )
        dataset = slice_dataset(picture, place, AXIAL, (down, across), k)
        dataset.PatientName, dataset.PatientID = "PHANTOM^BENCH", "BENCH-1"
        dataset.SliceThickness, dataset.BitsStored, dataset.HighBit = (
            through,
            phantom.bits,
            phantom.bits - 1,
        )
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uid("bench"), uid(phantom.name)
        dataset.SOPInstanceUID = uid(f"bench {phantom.name} {k}")
        _encode(dataset, phantom.syntax, np.asarray(picture))
        dataset.save_as(phantom.folder / f"IM{names[k]:05d}", enforce_file_format=True)
    random = np.random.default_rng(_SEED + 2)
    for number in names[len(voxels) :]:
        (phantom.folder / f"IM{number:05d}").write_bytes(b"no image" + random.bytes(2000))


def _encode(dataset: Dataset, syntax: str, picture: NDArray[Any]) -> None:
    """Put the pixels in as the transfer syntax wants them."""
    if syntax == RLELossless:
        dataset.compress(RLELossless, generate_instance_uid=False)
        return
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = picture.byteswap().tobytes()
    elif syntax in _ENCODERS:
        dataset.PixelData = encapsulate([_ENCODERS[syntax](picture)])
        dataset["PixelData"].VR = "OB"
