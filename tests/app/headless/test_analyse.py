"""``python -m app analyse``: one JSON object per series, nothing else on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inference.models.cards import read_package, shipped_folder
from tests.app.headless import drops

pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).resolve().parents[3]
KEYS = [
    "schema",
    "path",
    "file",
    "study_uid",
    "series_uid",
    "source_series_uid",
    "description",
    "modality",
    "shape",
    "status",
    "outcome",
    "reason",
    "cautions",
    "findings",
    "model",
    "device",
    "seconds",
]
SHAPE = [24, 233, 197]
FINDING_KEYS = {
    "label",
    "type",
    "type_certain",
    "type_probabilities",
    "probability",
    "volume_ml",
    "diameter_mm",
    "centre_lps_mm",
    "place",
    "side",
    "slice_index",
}


@dataclass(frozen=True)
class Told:
    """What one command printed and how it ended."""

    code: int
    answers: list[dict[str, Any]]
    out: str
    err: str

    def of(self, path: Path) -> list[dict[str, Any]]:
        return [one for one in self.answers if one["path"] == str(path)]


def analyse(*words: str | Path) -> Told:
    """Run the command in a process of its own, as anybody would."""
    environment = {**os.environ, "SAGITTAL_HOME": "/nonexistent/no-clinic"}
    ended = subprocess.run(
        [sys.executable, "-m", "app", "analyse", *map(str, words)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    return Told(ended.returncode, answers, ended.stdout, ended.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two series, a zip, a NIfTI, an enhanced object and a hostile folder."""
    home = tmp_path_factory.mktemp("drops")
    drops.t1_post(home / "study" / "a")
    drops.t2(home / "study" / "b")
    drops.zipped(drops.t1_post(home / "for the zip", "zipped"), home / "one.zip")
    drops.nifti(home / "t1_post_gd.nii.gz")
    drops.enhanced(home / "enhanced.dcm")
    drops.hostile(home / "hostile")
    return home


@pytest.fixture(scope="module")
def told(folder: Path) -> Told:
    """One run over everything in the folder."""
    return analyse(
        folder / "study",
        folder / "one.zip",
        folder / "t1_post_gd.nii.gz",
        folder / "enhanced.dcm",
        folder / "hostile",
    )


def test_everything_analysed_or_properly_refused_is_a_success(told: Told) -> None:
    assert told.code == 0, told.err
    assert {one["status"] for one in told.answers} <= {"analysed", "refused", "unreadable"}


def test_every_answer_has_every_key_in_the_same_order(told: Told) -> None:
    assert told.answers
    for one in told.answers:
        assert list(one) == KEYS
        assert one["schema"] == "sagittal.analyse/1"


def test_a_folder_gives_one_answer_per_series(told: Told, folder: Path) -> None:
    by_name = {one["description"]: one for one in told.of(folder / "study")}
    assert set(by_name) == {"AX T1 POST", "AX T2"}
    t1, t2 = by_name["AX T1 POST"], by_name["AX T2"]
    assert t1["status"] == "analysed"
    assert t1["outcome"] in {"findings", "nothing-suspected"}
    assert bool(t1["findings"]) == (t1["outcome"] == "findings")
    assert (t2["status"], t2["outcome"], t2["findings"]) == ("refused", None, [])
    assert "T2" in t2["reason"]
    assert t1["study_uid"] == t2["study_uid"]
    assert t1["shape"] == SHAPE


def test_the_answer_names_the_weights_the_device_and_the_time(told: Told, folder: Path) -> None:
    card = read_package(shipped_folder()).card
    one = next(o for o in told.of(folder / "study") if o["status"] == "analysed")
    assert one["model"] == {
        "name": card.name,
        "version": card.version,
        "sha256": card.weights_sha256,
    }
    assert one["device"]
    assert one["seconds"] > 0


def test_findings_say_what_where_how_large_and_how_sure(told: Told) -> None:
    for one in told.answers:
        for finding in one["findings"]:
            assert set(finding) == FINDING_KEYS
            assert sum(finding["type_probabilities"].values()) == pytest.approx(1, abs=1e-3)
            assert finding["type"] in finding["type_probabilities"]
            assert 0 <= finding["probability"] <= 1
            assert finding["volume_ml"] > 0
            assert len(finding["centre_lps_mm"]) == 3
            assert finding["side"] in {"left", "right", "midline", ""}
            assert 0 <= finding["slice_index"] < one["shape"][0]


def test_a_zip_says_the_same_as_its_folder(told: Told, folder: Path) -> None:
    packed = told.of(folder / "one.zip")
    plain = next(o for o in told.of(folder / "study") if o["description"] == "AX T1 POST")
    assert [one["status"] for one in packed] == ["analysed"]
    assert packed[0]["findings"] == plain["findings"]


def test_a_multi_frame_object_gives_one_answer_per_volume(told: Told, folder: Path) -> None:
    both = told.of(folder / "enhanced.dcm")
    assert len(both) == 2
    assert len({one["series_uid"] for one in both}) == 2
    assert len({one["source_series_uid"] for one in both}) == 1


def test_a_nifti_file_is_an_image_too(told: Told, folder: Path) -> None:
    answers = told.of(folder / "t1_post_gd.nii.gz")
    assert [one["status"] in {"analysed", "refused"} for one in answers] == [True]
    assert answers[0]["shape"] == SHAPE


def test_what_is_no_image_is_named_with_the_reason(told: Told, folder: Path) -> None:
    reasons = {one["file"]: one["reason"] for one in told.of(folder / "hostile") if one["file"]}
    assert "not an image" in reasons["hostile/notes.txt"]
    assert "empty" in reasons["hostile/empty.dcm"]
    assert "link" in reasons["hostile/link.dcm"]
    assert "hostile/junk.dcm" in reasons
    assert all(one["model"] is None for one in told.answers if one["status"] == "unreadable")


def test_no_patient_is_named_anywhere(told: Told) -> None:
    for text in (told.out, told.err):
        assert "CANARY" not in text
        assert "ZEBRA" not in text


def test_progress_goes_to_standard_error(told: Told) -> None:
    assert "1 of 5:" in told.err
    assert "Traceback" not in told.err


def test_a_path_that_does_not_exist_is_an_error_and_the_rest_is_answered(folder: Path) -> None:
    told = analyse(folder / "absent", folder / "hostile" / "notes.txt")
    assert told.code == 1
    assert [one["status"] for one in told.answers] == ["error", "unreadable"]
    assert told.answers[0]["reason"] == "there is no such file or folder"


def test_slices_named_one_by_one_are_one_series(folder: Path) -> None:
    files = sorted((folder / "study" / "b").glob("*.dcm"))
    told = analyse(*files)
    assert told.code == 0
    assert [one["path"] for one in told.answers] == [str(folder / "study" / "b")]
    assert told.answers[0]["status"] == "refused"
    assert told.answers[0]["shape"][0] == len(files)


def test_a_folder_without_anything_says_so(tmp_path: Path) -> None:
    told = analyse(tmp_path)
    assert told.code == 0
    assert [one["status"] for one in told.answers] == ["unreadable"]


def test_no_path_and_nonsense_options_are_usage_errors() -> None:
    for words in ((), ("--threads", "0", "x"), ("--threads", "many", "x")):
        told = analyse(*words)
        assert told.code == 2
        assert told.answers == []


def test_neither_window_nor_database_is_loaded(folder: Path) -> None:
    code = (
        "import sys; from app.__main__ import main\n"
        "ended = main(['analyse', sys.argv[1]])\n"
        "heavy = ('PySide6', 'torch', 'vtkmodules', 'sqlalchemy', 'sqlcipher3', 'pydicom')\n"
        "loaded = [name for name in heavy if name in sys.modules]\n"
        "sys.exit(f'loaded {loaded}' if loaded else ended)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(folder / "study" / "b")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["status"] == "refused"


def test_a_deterministic_answer_is_the_same_answer_again(folder: Path) -> None:
    words = ("--deterministic", "--threads", "1", folder / "one.zip")
    first, second = analyse(*words), analyse(*words)
    assert first.code == second.code == 0
    for told in (first, second):
        assert told.answers[0].pop("seconds") > 0
        assert told.answers[0]["device"] == "CPU"
    assert first.answers == second.answers


def test_a_real_glioblastoma_is_found_from_its_zip(shared_data: Path) -> None:
    told = analyse(shared_data / "pgbm_dicom" / "PGBM-002_T1post.zip")
    assert told.code == 0
    [one] = told.answers
    assert one["outcome"] == "findings"
    largest = one["findings"][0]
    assert largest["side"] == "left"
    assert largest["centre_lps_mm"][0] > 0
    assert 20 < largest["volume_ml"] < 150


def test_ending_the_command_ends_its_processes(folder: Path) -> None:
    begun = subprocess.Popen(
        [sys.executable, "-m", "app", "analyse", str(folder / "one.zip")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert begun.stderr is not None
    assert begun.stdout is not None
    for line in begun.stderr:
        if "loading the model" in line:
            break
    begun.terminate()
    rest = begun.stderr.read()  # comes to its end only when nobody holds it any more
    assert begun.wait(60) == 143
    assert begun.stdout.read() == ""
    assert "Traceback" not in rest
    begun.stderr.close()
    begun.stdout.close()


def test_a_reader_that_goes_away_ends_the_command(folder: Path) -> None:
    begun = subprocess.Popen(
        [sys.executable, "-m", "app", "analyse", str(folder / "hostile")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert begun.stdout is not None
    assert begun.stderr is not None
    begun.stdout.close()
    err = begun.stderr.read()
    begun.stderr.close()
    assert begun.wait(60) == 1
    assert "Traceback" not in err
