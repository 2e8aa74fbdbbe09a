"""Figures computed again are held against the card's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inference.models.cards import CARD_FILE
from inference.training.agreement import compared


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    performance = {"dice": 0.757, "spread": None}
    (tmp_path / CARD_FILE).write_text(json.dumps({"performance": performance}), encoding="utf-8")
    return tmp_path


def test_the_same_figure_agrees_but_for_rounding(folder: Path) -> None:
    assert compared({"dice": 0.758}, folder) == "Every one of 1 figures is the one in the card."


def test_another_figure_is_told_with_both(folder: Path) -> None:
    assert "dice is 0.76, the card says 0.757" in compared({"dice": 0.76}, folder)


def test_what_the_card_lacks_and_what_is_no_number_is_told(folder: Path) -> None:
    told = compared({"new": 1.0, "dice": float("nan"), "spread": 0.5}, folder)
    assert told.count("DIFFERS") == 3
    assert "DIFFERS" not in compared({"spread": float("nan")}, folder)
    assert "new is 1.0, the card says nothing" in told
