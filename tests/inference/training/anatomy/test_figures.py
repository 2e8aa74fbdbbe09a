"""Figures of the card: made from scores, printed, written down, and still true of the weights."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest

from inference.models.anatomy_card import read_anatomy, shipped_anatomy
from inference.models.cards import CARD_FILE
from inference.models.structures import INTRACRANIAL, STRUCTURES
from inference.pipeline.anatomy import AnatomyEngine
from inference.pipeline.anatomy_outcome import AnatomyOutcome, StructureVolume
from inference.training.anatomy.evaluate import (
    MASK_NAME,
    anatomy_figures,
    figures_of,
    held_out_scores,
    print_figures,
    real_figures,
    volume_errors,
)
from inference.training.anatomy.page import anatomy_page
from inference.training.anatomy.publish import card_of
from inference.training.anatomy.scores import HeadScore
from inference.training.files import read_nifti
from tests.inference.anatomy.phantom import labelled, t1_volume

NAMES = [*(s.name for s in STRUCTURES), "brain mask"]


def made(dice: float, off: float) -> HeadScore:
    both = {"left hippocampus": off, "right hippocampus": -off, "intracranial": off / 2}
    return HeadScore(dict.fromkeys(NAMES, dice), both, 0.9)


def test_the_volume_error_is_what_nine_of_ten_stayed_within() -> None:
    scores = [made(0.8, 0.01 * n) for n in range(1, 11)]
    assert volume_errors(scores)["hippocampus"] == pytest.approx(0.09, abs=0.006)
    assert volume_errors(scores)["intracranial"] == pytest.approx(0.0455, abs=0.003)


def test_the_figures_tell_t1_from_any_contrast(capsys: pytest.CaptureFixture[str]) -> None:
    found = figures_of([made(0.8, 0.1)], [made(0.6, 0.1), made(0.5, 0.1)])
    assert found["dice_deep_t1_like"] == pytest.approx(0.8)
    assert found["dice_hippocampus_any_contrast"] == pytest.approx(0.55)
    assert found["heads_any_contrast"] == 2
    print_figures(found)
    said = capsys.readouterr().out
    assert "hippocampus" in said
    assert "10.0 %" in said


def test_without_a_model_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_figures({})
    assert "No anatomy model ships" in capsys.readouterr().out


def test_the_page_holds_every_structure_and_no_number_of_its_own(tmp_path: Path) -> None:
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"weights")
    score = made(0.812, 0.1)
    card = card_of(weights, [score], figures_of([score], [score]))
    assert card["settings"]["least_confidence"] == pytest.approx(0.87)
    (tmp_path / CARD_FILE).write_text(json.dumps(card))
    assert read_anatomy(tmp_path).settings.volume_error["hippocampus"] == pytest.approx(0.1)
    page = anatomy_page(tmp_path)
    for structure in STRUCTURES[2:]:
        assert f"| {structure.name} | 0.812 | 0.812 |" in page
    assert "No real head was at hand" in page


def test_overlap_with_an_independent_mask_is_measured_on_the_series_grid(tmp_path: Path) -> None:
    affine = np.array([[-3.0, 0, 0, 84], [0, 3, 0, -102], [0, 0, 3, -86], [0, 0, 0, 1]])
    volume = t1_volume(affine, (58, 69, 57))
    classes, left = labelled((58, 69, 57), affine)
    inside = np.isin(classes, INTRACRANIAL)
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    image = nibabel.nifti1.Nifti1Image(inside.astype(np.uint8).T, flip @ volume.affine)
    nibabel.loadsave.save(image, tmp_path / MASK_NAME)
    _, again = read_nifti(tmp_path / MASK_NAME)
    assert np.allclose(again.affine, affine)
    values = np.array([s.left for s in STRUCTURES]), np.array([s.right for s in STRUCTURES])
    labels = np.where(left, values[0][classes], values[1][classes]).astype(np.uint8)
    volumes = (StructureVolume("intracranial", "", 1500.0, 1.0),)
    found = real_figures(AnatomyOutcome("", volumes, labels), tmp_path)
    assert found["real_head_intracranial_ml"] == 1500
    assert found["real_head_brain_and_fluid_dice_with_mask"] == 1
    assert found["real_head_brain_dice_with_mask"] < 1
    assert real_figures(AnatomyOutcome("Not measured"), tmp_path) == {"real_head_measured": 0}


def test_the_shipped_cards_figures_are_those_of_its_weights(shared_data: Path) -> None:
    folder = shipped_anatomy()
    if folder is None:
        assert anatomy_figures(shared_data) == {}
        pytest.skip("no anatomy model ships")
    engine = AnatomyEngine(folder)
    like_t1, _ = held_out_scores(engine.network, shared_data, draws=1)
    card = engine.package.card.performance
    for name in ("hippocampus", "thalamus", "brain mask"):
        mean = np.mean([score.dice[name] for score in like_t1])
        key = f"dice_{name}_t1_like".replace(" ", "_")
        assert mean == pytest.approx(card[key], abs=0.08)
