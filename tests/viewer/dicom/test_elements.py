"""Claims about the tag browser's rows: what a file says is what is shown, checked with pydicom."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.viewer.dicom.multiframe import write_enhanced
from tests.viewer.series_writer import AXIAL, phantom, slice_dataset, uid, write_series
from viewer.dicom.elements import Element, HeaderRows, header_rows

Read = Callable[..., object]


def rows_of(read_here: Read, folder: Path, instance_uid: str = "") -> HeaderRows:
    (series,) = read_here(folder).series
    return header_rows(series.headers, instance_uid)


def by_keyword(rows: HeaderRows) -> dict[str, Element]:
    return {one.keyword: one for one in rows.elements}


def test_every_element_of_every_file_is_shown_as_pydicom_reads_it(
    tmp_path: Path, read_here: Read
) -> None:
    folder = write_series(tmp_path, n=4)
    for path in sorted(folder.iterdir()):
        file = pydicom.dcmread(path)
        rows = rows_of(read_here, folder, file.SOPInstanceUID)
        wanted = [element for element in file if element.keyword != "PixelData"]
        assert [one.keyword for one in rows.elements] == [one.keyword for one in wanted]
        for row, element in zip(rows.elements, wanted, strict=True):
            assert row.tag == f"({element.tag.group:04X},{element.tag.element:04X})"
            assert (row.vr, row.name, row.level) == (element.VR, element.name, 0)
            assert _same(row.value, element), row.keyword


def _same(shown: str, element: pydicom.DataElement) -> bool:
    values = element.value if element.VM > 1 else [element.value]
    if element.VR in {"DS", "IS", "US", "FD"}:
        return [float(one) for one in shown.split("\\")] == [float(one) for one in values]
    return shown == "\\".join(str(one) for one in values)


def test_the_objects_come_in_the_order_of_the_slices_with_their_numbers(
    tmp_path: Path, read_here: Read
) -> None:
    def backwards(dataset: Dataset, k: int) -> None:
        dataset.InstanceNumber = 40 - k

    rows = rows_of(read_here, write_series(tmp_path, n=3, change=backwards))
    assert [one.number for one in rows.objects] == ["40", "39", "38"]
    assert [one.uid for one in rows.objects] == [uid(f"one one {k}") for k in range(3)]
    assert rows.shown == rows.objects[0].uid
    assert by_keyword(rows)["InstanceNumber"].value == "40"


def test_what_only_the_first_object_has_is_not_shown_of_the_others(
    tmp_path: Path, read_here: Read
) -> None:
    def only_first(dataset: Dataset, k: int) -> None:
        if k == 0:
            dataset.ImageComments = "first"

    folder = write_series(tmp_path, n=2, change=only_first)
    shown = [
        "ImageComments" in by_keyword(rows_of(read_here, folder, uid(f"one one {k}")))
        for k in range(2)
    ]
    assert shown == [True, False]


def test_sequences_are_nested_and_private_elements_are_counted_not_shown(
    tmp_path: Path, read_here: Read
) -> None:
    def nest(dataset: Dataset, _: int) -> None:
        inner, deeper = Dataset(), Dataset()
        deeper.CodeMeaning = "Brain"
        deeper.private_block(0x0019, "SECRET", create=True).add_new(1, "LO", "hidden inside")
        inner.AnatomicRegionSequence = Sequence([deeper])
        dataset.ReferencedImageSequence = Sequence([inner, Dataset()])
        dataset.private_block(0x0009, "SECRET", create=True).add_new(1, "LO", "hidden name")

    rows = rows_of(read_here, write_series(tmp_path, n=1, change=nest))
    at = [one.keyword for one in rows.elements].index("ReferencedImageSequence")
    assert [(one.name, one.level, one.value) for one in rows.elements[at : at + 6]] == [
        ("Referenced Image Sequence", 0, "2 items"),
        ("Item 1", 1, ""),
        ("Anatomic Region Sequence", 2, "1 item"),
        ("Item 1", 3, ""),
        ("Code Meaning", 4, "Brain"),
        ("Item 2", 1, ""),
    ]
    assert rows.private == 4  # two creators, two elements
    assert not any("hidden" in one.value or "SECRET" in one.value for one in rows.elements)


def test_a_multi_frame_object_shows_the_groups_of_its_frames(
    tmp_path: Path, read_here: Read
) -> None:
    voxels = phantom(3, 8, 8)
    slices = [slice_dataset(voxels[k], (0, 0, 2.0 * k), AXIAL, (1, 1), k) for k in range(3)]
    for one in slices:
        one.PatientName = "CANARY^ZEBRA"
        one.StudyInstanceUID, one.SeriesInstanceUID = uid("s"), uid("m")
        one.SOPInstanceUID = uid("frames")
    write_enhanced(tmp_path / "one.dcm", slices)
    rows = rows_of(read_here, tmp_path)
    positions = [one.value for one in rows.elements if one.keyword == "ImagePositionPatient"]
    assert positions == ["0\\0\\0", "0\\0\\2", "0\\0\\4"]
    assert [one.uid for one in rows.objects] == [uid("frames")]


def test_names_in_other_scripts_and_hostile_text_are_fit_to_show(
    tmp_path: Path, read_here: Read
) -> None:
    def name(dataset: Dataset, _: int) -> None:
        dataset.PatientName = "Yamada^Tarou=山田^太郎"
        dataset.ImageComments = "left\u202etfel \u0007\u200bbell" + "x" * 900

    rows = by_keyword(rows_of(read_here, write_series(tmp_path, n=1, change=name)))
    assert rows["PatientName"].value == "Yamada^Tarou=山田^太郎"
    assert rows["ImageComments"].value.startswith("lefttfel bellxxx")
    assert "Yamada" not in repr(rows)


def test_binary_and_large_values_say_what_they_are(tmp_path: Path, read_here: Read) -> None:
    def fill(dataset: Dataset, _: int) -> None:
        dataset.add_new(0x00282000, "OB", b"\x01\x02\x03\x04")  # ICC profile
        dataset.add_new(0x00281201, "OW", b"\x00" * 4096)  # red palette

    rows = by_keyword(rows_of(read_here, write_series(tmp_path, n=1, change=fill)))
    assert rows["ICCProfile"].value == "4 bytes"
    assert rows["RedPaletteColorLookupTableData"].value == "over 1 KiB, not kept"


def test_a_nifti_shows_the_fields_of_its_header(tmp_path: Path, read_here: Read) -> None:
    image = nibabel.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.diag([2.0, 2.0, 3.0, 1.0]))
    nibabel.save(image, tmp_path / "head.nii")
    rows = rows_of(read_here, tmp_path)
    fields = {one.name: one.value for one in rows.elements}
    assert fields["dim"].split("\\")[:4] == ["3", "4", "5", "6"]
    assert fields["format"] == "Nifti1Image"
    assert (rows.objects, rows.shown) == ((), "")


def test_an_object_of_another_volume_is_not_found(tmp_path: Path, read_here: Read) -> None:
    with pytest.raises(KeyError):
        rows_of(read_here, write_series(tmp_path, n=1), "1.2.3")


def test_strange_json_is_shown_as_far_as_it_goes() -> None:
    first = {
        "00100010": {"vr": "PN", "Value": [None, {"Ideographic": "山田"}]},
        "00100020": {"vr": "LO"},
        "00280030": {"vr": "DS", "Value": [0.5, 1, 1e-7, 100.0]},
        "60003000": {"vr": "OW", "BulkDataURI": ""},
        "60000010": {"vr": "US", "Value": [4]},
        "00000000": {"vr": "UL", "Value": [4]},
        "0018FFFE": {"vr": "SQ", "Value": [None]},
    }
    rows = header_rows(json.dumps({"first": first, "instances": {}}).encode())
    shown = {one.tag: (one.name, one.value) for one in rows.elements}
    assert shown["(0010,0010)"] == ("Patient's Name", "\\=山田")
    assert shown["(0010,0020)"] == ("Patient ID", "")
    assert shown["(0028,0030)"] == ("Pixel Spacing", "0.5\\1\\1e-07\\100")
    assert shown["(6000,3000)"] == ("Overlay Data", "over 1 KiB, not kept")
    assert shown["(6000,0010)"] == ("Overlay Rows", "4")
    assert shown["(0000,0000)"][0] == "Group Length"
    assert shown["(0018,FFFE)"] == ("Unknown element", "1 item")


def test_the_dictionary_is_not_loaded_before_it_is_needed() -> None:
    words = "import sys, app.workflow.headers; sys.exit('pydicom' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
