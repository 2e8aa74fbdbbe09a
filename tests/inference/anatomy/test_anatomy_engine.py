"""From a series to volumes or a reason, with a tiny network and with a perfect one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from inference.errors import WeightsError
from inference.models.anatomy_card import (
    ANATOMY_MODEL,
    WEIGHTS_FILE,
    read_anatomy,
    shipped_anatomy,
)
from inference.models.anatomy_net import GRID, AnatomyNet
from inference.models.cards import CARD_FILE, shipped_folder
from inference.models.structures import COUNT, STRUCTURES, label_names
from inference.pipeline import anatomy
from inference.pipeline.anatomy import AnatomyEngine, structure_chances, tiles
from inference.pipeline.anatomy_prepare import Image
from inference.pipeline.anatomy_process import measure_anatomy
from inference.pipeline.turns import Turns
from inference.ports import Priority
from tests.inference.anatomy.phantom import answer_of, t1_volume, true_ml
from tests.inference.builders import head_volume, series_of
from viewer.records import Volume

CHANNELS = (4, 6, 8)
AFFINE = np.array([[1.5, 0, 0, -84], [0, 1.5, 0, -102], [0, 0, 1.5, -86], [0, 0, 0, 1]])


def quiet(fraction: float, text: str, /) -> None:
    assert 0 <= fraction <= 1
    assert text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder with a tiny network that has learned nothing."""
    torch.manual_seed(1)
    where = tmp_path_factory.mktemp("anatomy")
    network = AnatomyNet(CHANNELS)
    save_file({k: v.half() for k, v in network.state_dict().items()}, where / WEIGHTS_FILE)
    digest = hashlib.sha256((where / WEIGHTS_FILE).read_bytes()).hexdigest()
    card = {
        "name": "anatomy", "version": "0", "intended_use": "", "trained_on": "nothing",
        "members": [{"file": WEIGHTS_FILE, "sha256": digest}], "performance": {}, "limits": [],
        "settings": {"channels": CHANNELS, "least_confidence": 0.6,
                     "volume_error": {"hippocampus": 0.12}},
    }  # fmt: skip
    (where / CARD_FILE).write_text(json.dumps(card))
    return where


@pytest.fixture(scope="module")
def head() -> Volume:
    return t1_volume(AFFINE, (115, 137, 113))


def test_a_network_that_learned_nothing_gives_no_number(folder: Path, head: Volume) -> None:
    outcome = AnatomyEngine(folder).run(head, quiet)
    assert outcome.reason.startswith("Not measured, because")
    assert outcome.volumes == ()
    assert outcome.labels is None


def test_a_perfect_network_gives_the_true_volumes_on_the_right_sides(
    folder: Path, head: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = answer_of({"hippocampus": 1.15}, sure=0.999)

    def perfect(network: AnatomyNet, image: Image) -> tuple[Image, Image]:
        return truth.likely, truth.left

    monkeypatch.setattr(anatomy, "structure_chances", perfect)
    outcome = AnatomyEngine(folder).run(head, quiet)
    assert outcome.measured, outcome.reason
    left, right = (outcome.volume_of("hippocampus", side) for side in ("left", "right"))
    assert left is not None
    assert right is not None
    assert right.ml == pytest.approx(true_ml("hippocampus"), rel=0.1)
    assert left.ml == pytest.approx(true_ml("hippocampus") * 1.15**3, rel=0.1)
    assert "within 12 %" in left.measurement().method
    assert left.measurement().name == "left hippocampus volume"
    assert outcome.labels is not None
    columns = np.nonzero(outcome.labels == 17)[2]
    assert (AFFINE[0, 0] * columns + AFFINE[0, 3] > 0).all()


def test_the_answer_of_a_mirrored_head_is_the_mirrored_answer() -> None:
    torch.manual_seed(2)
    network = AnatomyNet(CHANNELS).eval()
    image = np.random.default_rng(3).random((16, 16, 16)).astype(np.float32)
    likely, left = structure_chances(network, image)
    back, back_left = structure_chances(network, image[:, :, ::-1].copy())
    assert np.allclose(back[:, :, :, ::-1], likely, atol=5e-3)
    assert np.allclose(1 - back_left[:, :, ::-1], left, atol=5e-3)
    assert likely.shape == (COUNT, 16, 16, 16)


def test_patches_cover_the_grid_and_agree_where_they_overlap() -> None:
    found = tiles(GRID)
    assert len(found) == 8
    covered = np.zeros(GRID, int)
    for tile in found:
        covered[tile] += 1
    assert covered.min() >= 1
    torch.manual_seed(5)
    image = np.random.default_rng(3).random((72, 16, 16)).astype(np.float32)
    likely, left = structure_chances(AnatomyNet(CHANNELS).eval(), image)
    assert np.allclose(likely.sum(0), 1, atol=1e-4)
    assert left.min() >= 0
    assert left.max() <= 1


def test_altered_weights_are_not_used(folder: Path, tmp_path: Path) -> None:
    for name in (CARD_FILE, WEIGHTS_FILE):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    content = bytearray((tmp_path / WEIGHTS_FILE).read_bytes())
    content[-1] ^= 1
    (tmp_path / WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(WeightsError, match="not the ones the card names"):
        AnatomyEngine(tmp_path)


def test_an_unreadable_card_is_said(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_text('{"name": "anatomy"}')
    with pytest.raises(WeightsError, match="cannot be read"):
        read_anatomy(tmp_path)


def test_without_shipped_weights_the_tool_is_not_offered() -> None:
    ships = (shipped_folder(ANATOMY_MODEL) / CARD_FILE).is_file()
    assert (shipped_anatomy() is not None) == ships


def test_the_workstation_asks_for_volumes_without_torch() -> None:
    code = (
        "import sys, inference.pipeline.anatomy_process;"
        "sys.exit(bool({'torch', 'torchvision', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_refused_series_starts_no_child(folder: Path) -> None:
    thick = head_volume()
    outcome = measure_anatomy(series_of(thick, "MPRAGE", {}), thick, quiet, folder=folder)
    assert "5.0 mm" in outcome.reason


def test_the_child_answers_and_its_doubt_arrives(folder: Path, head: Volume) -> None:
    series = series_of(head, "MPRAGE", {"ContrastBolusAgent": "Gadovist"})
    outcome = measure_anatomy(series, head, quiet, folder=folder)
    assert outcome.reason.startswith("Not measured, because")
    assert "mean_probability" in outcome.scores
    assert outcome.cautions


class StopNowError(Exception):
    """Raised by a progress callback that wants the job to end."""


def test_cancelling_ends_the_child(folder: Path, head: Volume) -> None:
    def stop(fraction: float, text: str, /) -> None:
        if fraction > 0.01:
            raise StopNowError

    with pytest.raises(StopNowError):
        measure_anatomy(series_of(head, "MPRAGE", {}), head, stop, folder=folder)


def test_it_waits_for_the_analysis_that_runs(folder: Path, head: Volume) -> None:
    turns, told = Turns(), []

    def stop(fraction: float, text: str, /) -> None:
        told.append(text)
        if text.startswith("waiting"):
            raise StopNowError

    series = series_of(head, "MPRAGE", {})
    with turns.turn(Priority.INTERACTIVE, quiet), pytest.raises(StopNowError):
        measure_anatomy(series, head, stop, folder=folder, turns=turns)
    assert told[-1] == "waiting for the analysis before this one"
    assert turns.waiting == 0


def test_every_label_value_has_one_name() -> None:
    names = label_names()
    values = [v for s in STRUCTURES for v in {s.left, s.right} if v]
    assert sorted(values) == sorted(names)
    assert names[17] == "left hippocampus"
    assert names[53] == "right hippocampus"
    assert all(side % 2 ** (len((16, 32, 64, 96, 128)) - 1) == 0 for side in GRID)
