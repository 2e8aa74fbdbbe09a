"""Malformed files, made from whole ones by seeded damage: the same number gives the same file."""

from __future__ import annotations

import gzip
import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import write_file_meta_info
from pydicom.sequence import Sequence
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
    MediaStorageDirectoryStorage,
    RLELossless,
)

from tests.viewer.dicom.multiframe import write_enhanced, write_mosaic
from tests.viewer.series_writer import AXIAL, phantom, slice_dataset, uid

_REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile_dicom" / "dcm_qa_ts"
"""One picture in nine transfer syntaxes; without it their codecs are not tried."""

Random = np.random.Generator
Damage = Callable[[bytes, Random], bytes]

_SYNTAXES = (
    ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless,
    DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGLosslessSV1, JPEGLSLossless,
    JPEG2000Lossless, HTJ2KLossless,
)  # fmt: skip
_VRS = (b"SQ", b"OB", b"UN", b"US", b"DS", b"IS", b"UI", b"FD", b"AT", b"PN", b"UT", b"ZZ", b"\0\0")
_TEXTS = (
    "PatientName", "StudyDate", "SeriesDescription", "SeriesNumber", "SpecificCharacterSet",
    "ImageType", "InstanceNumber", "EchoTime", "WindowCenter",
)  # fmt: skip
_LENGTHS = (0, 1, 0x7F, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_MARK = "2.25.7777777777777777777"


def malformed(number: int) -> tuple[str, bytes]:
    """A name and the content of one damaged file."""
    base, damage = _KINDS[number % len(_KINDS)]
    title = f"{number:04d}-{base.replace('/', '-')}-{damage.__name__}"
    suffix = {"zip": ".zip", "gzip": ".dcm.gz", "nifti": ".nii", "nifti.gz": ".nii.gz"}
    ending = "/DICOMDIR" if base == "index" else suffix.get(base, ".dcm")
    return f"{title}{ending}", damaged(base, damage, number)


def damaged(base: str, damage: Damage, number: int) -> bytes:
    """A whole file of that kind with that damage, and identifiers of its own.

    Of its own, so that no file hides behind another of the same identifier.
    """
    random = np.random.default_rng([20260105, number])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _own(damage(_whole(base), random), number)


def _own(data: bytes, number: int) -> bytes:
    return data.replace(_MARK.encode(), f"2.25.{10**18 + number:019d}".encode())


@cache
def _whole(base: str) -> bytes:
    if base.startswith("real/"):
        return _marked((_REAL / base.removeprefix("real/")).read_bytes())
    if base == "index":
        return _index()
    if base.startswith("nifti"):
        return _nifti(packed=base.endswith("gz"))
    if base == "gzip":
        return gzip.compress(_dicom("plain"), mtime=0)
    if base == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(2):
                archive.writestr(f"IM{number}", _own(_dicom("plain"), 10**6 + number))
        return out.getvalue()
    return _dicom(base)


def _marked(data: bytes) -> bytes:
    """A real file with our mark for its identifiers, padded to the length they had."""
    whole = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
    for own in (whole.SOPInstanceUID, whole.SeriesInstanceUID):
        data = data.replace(own.encode(), _MARK.encode().ljust(len(own), b"\0"))
    return data


def _index() -> bytes:
    records = []
    for number in range(4):
        record = Dataset()
        record.DirectoryRecordType, record.RecordInUseFlag = "IMAGE", 0xFFFF
        record.ReferencedFileID = ["IMAGES", f"IM{number}"]
        records.append(record)
    index = Dataset()
    index.file_meta = FileMetaDataset()
    index.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    index.file_meta.MediaStorageSOPInstanceUID = _MARK
    index.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    index.DirectoryRecordSequence = Sequence(records)
    out = io.BytesIO()
    index.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _nifti(*, packed: bool) -> bytes:
    voxels = phantom(4, 6, 5).astype(np.int16).reshape(4, 6, 5, 1).repeat(3, axis=3)
    image = nibabel.Nifti1Image(voxels, np.diag([2.0, 2.0, 3.0, 1.0]))
    data = image.to_bytes()
    return gzip.compress(data, mtime=0) if packed else data


def _dicom(base: str) -> bytes:
    slices = [_slice(k) for k in range(4)]
    if base in ("enhanced", "mosaic"):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "x.dcm"
            (write_enhanced if base == "enhanced" else write_mosaic)(path, slices)
            return path.read_bytes()
    one = slices[0]
    if base == "packed":
        one.compress(RLELossless, generate_instance_uid=False)
    if base == "deflated":
        one.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    if base == "implicit":
        one.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    out = io.BytesIO()
    one.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _slice(k: int) -> Dataset:
    one = slice_dataset(phantom(4, 24, 20)[k], (0, 0, 3 * k), AXIAL, (1, 1), k)
    one.StudyInstanceUID = uid("hostile study")
    one.SeriesInstanceUID = one.SOPInstanceUID = _MARK
    one.RescaleSlope, one.RescaleIntercept = 1, 0
    return one


def flipped_header(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    for at in random.integers(128, min(len(data), 1400), random.integers(1, 5)):
        out[at] ^= 1 << random.integers(8)
    return bytes(out)


def flipped_anywhere(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    for at in random.integers(0, len(data), random.integers(1, 64)):
        out[at] = random.integers(256)
    return bytes(out)


def flipped_pixels(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    for at in random.integers(_spot(data, b"\xe0\x7f\x10\x00"), len(data), random.integers(1, 200)):
        out[at] ^= 1 << random.integers(8)
    return bytes(out)


def cut_short(data: bytes, random: Random) -> bytes:
    return data[: random.integers(1, len(data))]


def piece_gone(data: bytes, random: Random) -> bytes:
    at = int(random.integers(132, len(data)))
    return data[:at] + data[at + int(random.integers(1, 200)) :]


def piece_twice(data: bytes, random: Random) -> bytes:
    at = int(random.integers(132, len(data)))
    return data[:at] + data[max(0, at - int(random.integers(1, 400))) :]


def lying_length(data: bytes, random: Random) -> bytes:
    at, long = _element(data, random)
    lie = int(random.choice(_LENGTHS)) & (0xFFFFFFFF if long else 0xFFFF)
    told = struct.pack("<I" if long else "<H", lie)
    return data[: at - len(told)] + told + data[at:]


def lying_type(data: bytes, random: Random) -> bytes:
    at, long = _element(data, random)
    place = at - 8 if long else at - 4
    return data[:place] + _VRS[random.integers(len(_VRS))] + data[place + 2 :]


def wrong_syntax(data: bytes, random: Random) -> bytes:
    meta = pydicom.dcmread(io.BytesIO(data)).file_meta
    rest = data[144 + struct.unpack("<I", data[140:144])[0] :]
    meta.TransferSyntaxUID = _SYNTAXES[random.integers(len(_SYNTAXES))]
    out = io.BytesIO(bytes(128) + b"DICM")
    out.seek(132)
    write_file_meta_info(out, meta)
    return out.getvalue() + rest


def impossible_size(data: bytes, random: Random) -> bytes:
    keyword, value = (
        ("Rows", 65535), ("Columns", 65535), ("Rows", 0), ("NumberOfFrames", 10**9),
        ("NumberOfFrames", -3), ("BitsAllocated", 64), ("BitsAllocated", 1), ("BitsStored", 0),
        ("HighBit", 60), ("SamplesPerPixel", 3), ("PixelRepresentation", 7), ("Columns", 1),
    )[random.integers(12)]  # fmt: skip
    return _respelt(data, keyword, value)


def impossible_place(data: bytes, random: Random) -> bytes:
    keyword, value = (
        ("ImagePositionPatient", ["1e300", "-1e300", "1e308"]),
        ("ImagePositionPatient", ["1", "2"]),
        ("ImageOrientationPatient", ["0"] * 6), ("ImageOrientationPatient", ["1e308"] * 6),
        ("ImageOrientationPatient", ["1", "0", "0", "1", "0", "0"]), ("PixelSpacing", ["0", "0"]),
        ("PixelSpacing", ["-1", "1"]), ("PixelSpacing", ["1e-30", "1e30"]),
        ("RescaleSlope", "1e308"), ("RescaleIntercept", "-1e308"), ("WindowWidth", "-5"),
        ("SpacingBetweenSlices", "0"),
    )[random.integers(12)]  # fmt: skip
    return _respelt(data, keyword, value)


def junk_text(data: bytes, random: Random) -> bytes:
    keyword = _TEXTS[random.integers(len(_TEXTS))]
    whole = pydicom.dcmread(io.BytesIO(data))
    if keyword not in whole:
        setattr(whole, keyword, "1")
    junk = bytes(random.integers(0, 256, 2 * random.integers(1, 400)).astype(np.uint8))
    at = _spot(data, struct.pack("<HH", *divmod(int(whole[keyword].tag), 1 << 16)))
    return data[: at + 8] + junk + data[at + 8 + len(junk) :]


def nested(data: bytes, random: Random) -> bytes:
    depth = int(random.integers(20, 6000))
    item = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    at = _spot(data, b"\x20\x00\x0d\x00")
    closed = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0" * (depth if depth % 2 else 0)
    return data[:at] + item * depth + closed + data[at:]


def crowded(data: bytes, random: Random) -> bytes:
    at = _spot(data, b"\x20\x00\x0d\x00")
    count = int(random.integers(1000, 150_000))
    return data[:at] + b"\x09\x00\x01\x10US\x02\0\0\0" * count + data[at:]


def torn_fragments(data: bytes, random: Random) -> bytes:
    at = data.find(b"\xfe\xff\x00\xe0", _spot(data, b"\xe0\x7f\x10\x00"))
    lie = struct.pack("<I", int(random.choice([0, 1, 7, 2**31 - 1, 2**32 - 1])))
    torn = data[: at + 4] + lie + data[at + 8 :]
    return torn[: len(torn) - int(random.integers(0, 120))]


def lying_nifti(data: bytes, random: Random) -> bytes:
    at, kind, value = (
        (40, "<h", 7), (40, "<h", -1), (42, "<h", 32767), (42, "<h", -5), (48, "<h", 32767),
        (70, "<h", 32), (70, "<h", 128), (70, "<h", 999), (72, "<h", 0), (108, "<f", 1e30),
        (108, "<f", -352.0), (108, "<f", float("nan")), (112, "<f", float("nan")),
        (112, "<f", 1e38), (280, "<f", float("nan")), (280, "<f", 0.0), (76, "<f", 0.0),
        (252, "<h", 99), (254, "<h", 0), (123, "<b", 127), (344, "<I", 0), (0, "<i", 540),
    )[random.integers(22)]  # fmt: skip
    out = bytearray(data)
    struct.pack_into(kind, out, at, value)
    return bytes(out)


def _respelt(data: bytes, keyword: str, value: object) -> bytes:
    whole = pydicom.dcmread(io.BytesIO(data))
    setattr(whole, keyword, value)
    out = io.BytesIO()
    whole.save_as(out)
    return out.getvalue()


def _element(data: bytes, random: Random) -> tuple[int, bool]:
    """Where the value of some element begins, and whether its length has four bytes."""
    whole = pydicom.dcmread(io.BytesIO(data))
    raw = [whole.get_item(tag) for tag in whole.keys()]  # noqa: SIM118 - keeps them raw
    places = [
        (tell, one.VR in ("OB", "OW", "SQ", "UN", "UT"))
        for one in raw
        if (tell := getattr(one, "value_tell", 0))
    ]
    return places[random.integers(len(places))]


def _spot(data: bytes, tag: bytes) -> int:
    return max(data.find(tag, 132), 132)


_ANY: tuple[Damage, ...] = (flipped_anywhere, cut_short, piece_gone, piece_twice)
_HEADER: tuple[Damage, ...] = (
    flipped_header, lying_length, lying_type, wrong_syntax, impossible_size, impossible_place,
    junk_text, nested, crowded,
)  # fmt: skip
_KINDS: tuple[tuple[str, Damage], ...] = (
    *(("plain", damage) for damage in (*_HEADER, *_ANY)),
    *(("enhanced", damage) for damage in (*_HEADER, *_ANY)),
    *(("mosaic", damage) for damage in (flipped_header, lying_length, impossible_size, *_ANY)),
    *(("packed", damage) for damage in (flipped_header, torn_fragments, wrong_syntax, *_ANY)),
    *(("deflated", damage) for damage in (flipped_header, wrong_syntax, *_ANY)),
    *(("implicit", damage) for damage in (flipped_header, wrong_syntax, impossible_size, *_ANY)),
    *(("zip", damage) for damage in _ANY),
    *(("gzip", damage) for damage in _ANY),
    *(("nifti", damage) for damage in (lying_nifti, lying_nifti, *_ANY)),
    *(("nifti.gz", damage) for damage in _ANY),
    *(("index", damage) for damage in (flipped_header, lying_length, *_ANY)),
    *(
        (f"real/{path.name}", damage)
        for path in sorted(_REAL.glob("*.dcm"))
        for damage in (flipped_pixels, flipped_pixels, cut_short, piece_gone)
    ),
)
"""Every kind of whole file with every damage that fits it, in turn."""
