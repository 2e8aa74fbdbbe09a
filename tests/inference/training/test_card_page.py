"""The card people read says what the machine's card says."""

from __future__ import annotations

from pathlib import Path

from inference.models.cards import shipped_folder
from inference.training.page import card_page


def test_the_page_in_docs_is_made_from_the_shipped_card() -> None:
    page = Path(__file__).parents[3] / "docs" / "models" / "tumour-t1ce.md"
    assert page.read_text(encoding="utf-8") == card_page(shipped_folder())
