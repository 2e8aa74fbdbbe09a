"""Claims about the files of words: which are read, and what is not read without being noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.guarding.kept import kept
from assistant.guarding.vocabulary import vocabulary
from resources import languages


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of words, called "words"."""
    monkeypatch.setattr(languages, "_BESIDE", tmp_path)
    (tmp_path / "words").mkdir()
    return tmp_path / "words"


def test_every_file_of_words_is_read_by_its_name_and_nothing_else(folder: Path) -> None:
    (folder / "de.toml").write_text('left = "links"', "utf-8")
    (folder / "more.de.toml").write_text('right = "rechts"', "utf-8")
    (folder / "note.txt").write_text("not words", "utf-8")
    assert languages.tables("words") == {"de": {"left": "links"}, "more.de": {"right": "rechts"}}
    assert languages.table("words", "more.de") == {"right": "rechts"}
    assert languages.read("words") == {"de": {"left": "links", "right": "rechts"}}


def test_two_files_of_a_language_that_say_the_same_are_refused(folder: Path) -> None:
    for name in ("de.toml", "more.de.toml"):
        (folder / name).write_text('left = "links"', "utf-8")
    with pytest.raises(ValueError, match=r"more\.de\.toml says again: left"):
        languages.read("words")


def test_a_sentence_in_a_language_without_words_is_not_judged_by_those_of_another() -> None:
    with pytest.raises(FileNotFoundError):
        kept("fr")
    with pytest.raises(KeyError):
        vocabulary("fr")
