"""Spelling: which words are looked up, and what the shipped dictionary says of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.errors import SpellingLostError
from assistant.spelling.known import known_words
from assistant.spelling.process import FOLDER, SpellingProcess
from assistant.spelling.words import word_at, words_of

REPORT = """
Heterogeneously enhancing intra-axial mass in the left temporal lobe, 34 x 28 x 30 mm, with
perifocal oedema, effacement of the sulci and a midline shift of 4 mm. The splenium and the septum
pellucidum are spared. Hyperintense foci in the periventricular white matter, Fazekas 2.
Haemosiderin on SWI. Tumor with edema and hemorrhage; center and color as in American spelling.
No hydrocephalus. Suspected glioblastoma. Differential diagnosis: metastasis, lymphoma. The
patient's radiologist was told.
"""
MISSPELT = """
lesoin haemorrhge enhancment hyperintens ventrical symetric oedma menigioma glioblastma ischaemc
hydrocephlus hippocampas cerebelum frontl pariatal temporl occiptal supresellar metastasys infact
"""


@pytest.fixture(scope="module")
def speller() -> Iterator[SpellingProcess]:
    made = SpellingProcess()
    yield made
    made.close()


def looked_up(text: str) -> list[str]:
    return [word for _, word in words_of(text)]


def test_a_sound_report_in_either_spelling_has_no_wrong_word(speller: SpellingProcess) -> None:
    assert speller.wrong(looked_up(REPORT)) == frozenset()


def test_misspelt_words_are_found(speller: SpellingProcess) -> None:
    words = looked_up(MISSPELT)
    assert speller.wrong(words) == set(words)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lesoin", "lesion"),
        ("haemorrhge", "haemorrhage"),
        ("menigioma", "meningioma"),
        ("hyperintens", "hyperintense"),
    ],
)
def test_what_was_meant_is_suggested_first(speller: SpellingProcess, word: str, meant: str) -> None:
    assert speller.suggestions(word)[0] == meant


def test_every_word_of_the_programs_own_texts_is_right(speller: SpellingProcess) -> None:
    assert len(known_words()) > 1500
    assert speller.wrong(known_words()) == frozenset()


def test_no_word_is_listed_twice_and_the_dictionary_has_its_licence() -> None:
    listed = FOLDER.joinpath("medical.txt").read_text("utf-8").split()
    assert len(listed) == len(set(listed))
    assert "Permission to use, copy, modify" in FOLDER.joinpath("LICENSE.txt").read_text("utf-8")
    assert "modified" in FOLDER.joinpath("NOTICE.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("T1 and FLAIR at 3T, pCT 3D, a b", ["and", "at"]),
        ("Size: {lenght} mm", ["Size", "mm"]),
        ("see .mls", ["see"]),
        ("intra-axial, patient's", ["intra", "axial", "patient's"]),
        ("Schädel, Sjögren’s", ["Schädel", "Sjögren’s"]),
        ("10 mm2 x10 e.g. this", ["this"]),
        ("(normal).Next", ["normal"]),
    ],
)
def test_only_words_are_looked_up(text: str, words: list[str]) -> None:
    assert looked_up(text) == words


def test_the_word_at_a_place_is_found() -> None:
    assert word_at("a lesoin here", 2) == (2, "lesoin")
    assert word_at("a lesoin here", 8) == (2, "lesoin")
    assert word_at("a lesoin here", 1) is None


def test_a_dead_dictionary_is_told_and_the_next_question_starts_another() -> None:
    speller = SpellingProcess()
    assert speller.wrong(["lesoin"]) == {"lesoin"}
    child = speller._child.process
    child.kill()
    child.join()
    assert speller.wrong(["lesoin"]) == {"lesoin"}
    speller._child.pipe.close()
    with pytest.raises(SpellingLostError):
        speller.wrong(["lesoin"])
    speller.close()
    speller.close()
