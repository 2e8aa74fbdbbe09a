"""Every transfer syntax gives the stored values, whichever decoder does the work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom import uid
from pydicom.encaps import encapsulate

from tests.viewer.series_writer import phantom, slice_dataset
from viewer.dicom import codecs, pixels
from viewer.dicom.dataset import parse
from viewer.dicom.pixels import decode, pixel_format
from viewer.dicom.records import Limits
from viewer.errors import UnreadableFileError

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile_dicom"

LOSSLESS = {
    uid.RLELossless: None,
    uid.JPEGLosslessSV1: lambda picture: imagecodecs.ljpeg_encode(picture, bitspersample=16),
    uid.JPEGLSLossless: imagecodecs.jpegls_encode,
    uid.JPEG2000Lossless: lambda picture: imagecodecs.jpeg2k_encode(
        picture, codecformat="j2k", reversible=True, level=0
    ),
    uid.HTJ2KLossless: lambda picture: imagecodecs.htj2k_encode(picture, reversible=True),
}


def encoded(picture: np.ndarray, syntax: str) -> pydicom.Dataset:
    dataset = slice_dataset(picture, (0, 0, 0), (1, 0, 0, 0, 1, 0), (1.0, 1.0), 0)
    dataset.StudyInstanceUID = dataset.SeriesInstanceUID = dataset.SOPInstanceUID = "1.2"
    encode = LOSSLESS[syntax]
    if encode is None:
        dataset.compress(syntax, generate_instance_uid=False)
        return dataset
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([bytes(encode(picture.view(np.uint16)))])
    dataset["PixelData"].is_undefined_length = True
    return dataset


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("syntax", LOSSLESS)
def test_lossless_frames_come_back_bit_for_bit(
    syntax: str, signed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pydicom out of the way, so that the quick decoder itself is held to it."""
    picture = (phantom(1, 60, 44)[0].astype(np.int64) * 13 % 65536).astype(np.uint16)
    picture = picture.view(np.int16) if signed else picture
    dataset = encoded(picture, syntax)
    monkeypatch.setattr(pixels, "pixel_array", None)
    (found,) = decode(dataset, pixel_format(dataset, Limits()), [0])
    assert found.dtype == picture.dtype
    assert np.array_equal(found, picture)


@pytest.mark.parametrize(
    ("syntax", "bits"), [(uid.JPEGBaseline8Bit, 8), (uid.JPEGExtended12Bit, 12)]
)
def test_lossy_jpeg_comes_back_as_simpleitk_reads_it(
    tmp_path: Path, syntax: str, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pydicom out of the way: its decoder of twelve bits is no part of this program."""
    smooth = np.add.outer(np.arange(64) * 17, np.arange(48) * 13).astype(np.uint16)
    picture = smooth if bits == 12 else (smooth >> 4).astype(np.uint8)
    stream = bytes(imagecodecs.jpeg8_encode(picture, level=98, bitspersample=bits))
    dataset = packed(stream, picture, syntax, bits)
    dataset.save_as(tmp_path / "one.dcm", enforce_file_format=True)
    monkeypatch.setattr(pixels, "pixel_array", None)
    (found,) = decode(dataset, pixel_format(dataset, Limits()), [0])
    assert np.array_equal(
        found, SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(tmp_path / "one.dcm"))[0]
    )
    assert np.abs(found.astype(int) - picture).max() <= 3


def packed(stream: bytes, picture: np.ndarray, syntax: str, bits: int) -> pydicom.Dataset:
    dataset = slice_dataset(picture, (0, 0, 0), (1, 0, 0, 0, 1, 0), (1.0, 1.0), 0)
    dataset.StudyInstanceUID = dataset.SeriesInstanceUID = dataset.SOPInstanceUID = "1.2"
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([stream])
    dataset["PixelData"].VR = "OB"
    return dataset


def test_lossless_jpeg_with_a_point_transform_gives_values_not_quarters_of_them() -> None:
    """The shift of ISO 10918-1 H.1.2.1, which some decoders pass over without a word."""
    picture = np.random.default_rng(2).integers(0, 1024, (33, 47)).astype(np.uint16)
    stream = bytearray(imagecodecs.ljpeg_encode(picture, bitspersample=10))
    stream[stream.index(b"\xff\xc3") + 4] = 12
    stream[stream.index(b"\xff\xda") + 9] = 2
    dataset = packed(bytes(stream), picture, uid.JPEGLosslessSV1, 12)
    (found,) = decode(dataset, pixel_format(dataset, Limits()), [0])
    assert np.array_equal(found, picture << 2)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        *((syntax, encode) for syntax, encode in LOSSLESS.items() if encode),
        (uid.JPEGExtended12Bit, lambda one: imagecodecs.jpeg8_encode(one, bitspersample=12)),
        (uid.JPEGBaseline8Bit, lambda one: imagecodecs.jpeg8_encode((one >> 4).astype(np.uint8))),
    ],
)
def test_a_codestream_cut_short_is_refused_never_shown_in_part(
    syntax: str, encode: Callable[[np.ndarray], bytes], share: float
) -> None:
    picture = np.random.default_rng(6).integers(0, 4096, (96, 80)).astype(np.uint16)
    whole = bytes(encode(picture))
    bits = 8 if syntax == uid.JPEGBaseline8Bit else 16
    stored = picture.astype(np.uint8) if bits == 8 else picture
    dataset = packed(whole[: int(len(whole) * share)], stored, syntax, bits)
    with pytest.raises(UnreadableFileError, match="cut short"):
        list(decode(dataset, pixel_format(dataset, Limits()), [0]))


def test_frames_in_several_fragments_are_joined() -> None:
    picture = phantom(1, 60, 44)[0]
    dataset = encoded(picture, uid.JPEGLSLossless)
    whole = bytes(imagecodecs.jpegls_encode(picture))
    dataset.PixelData = encapsulate([whole], fragments_per_frame=4)
    (found,) = decode(dataset, pixel_format(dataset, Limits()), [0])
    assert np.array_equal(found, picture)


def test_what_a_quick_decoder_cannot_do_is_left_to_pydicom(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(codecs, "_DECODERS", dict.fromkeys(LOSSLESS, fail))
    picture = phantom(1, 60, 44)[0]
    dataset = encoded(picture, uid.RLELossless)
    (found,) = decode(dataset, pixel_format(dataset, Limits()), [0])
    assert np.array_equal(found, picture)


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared test images")
def test_one_image_in_nine_transfer_syntaxes_is_the_same_image() -> None:
    pictures = []
    for path in sorted((SHARED / "dcm_qa_ts").rglob("*.dcm")):
        dataset = parse(path.read_bytes(), Limits())
        (found,) = decode(dataset, pixel_format(dataset, Limits()), [0])
        pictures.append(found)
    assert len(pictures) == 9
    assert all(np.array_equal(picture, pictures[0]) for picture in pictures)


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared test images")
def test_junk_above_the_stored_bits_does_not_show() -> None:
    found = {}
    for path in sorted((SHARED / "dcm_qa_12bit").rglob("*.dcm")):
        dataset = parse(path.read_bytes(), Limits())
        (found[path.stem],) = decode(dataset, pixel_format(dataset, Limits()), [0])
    assert len(found) == 3
    assert max(found["12bitUnsigned"].max(), found["12bitUnsigned_0x0F0F"].max()) < 4096
    assert found["12bitSigned_0x0F0F"].min() >= -2048
    assert found["12bitSigned_0x0F0F"].max() < 2048
