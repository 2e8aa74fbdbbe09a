"""The language a text is in, and when a message is clearly in the other one."""

from __future__ import annotations

import pytest

from assistant.conversation import other_language
from assistant.knowledge.language import clear_language, language_of
from assistant.phrases import languages

GERMAN = (
    "Was bedeutet das Meningeom in meinem Befund?",
    "Ist das gefährlich?",
    "Habe ich Krebs?",
    "Ich möchte einen Termin bei Dr. Smith am Friday.",
    "ich habe keine Schmerzen mehr",
    "Wann kann ich kommen?",
)
ENGLISH = (
    "What does my report say?",
    "Is it dangerous?",
    "Do I have cancer?",
    "I would like to see Dr. Größe on Freitag.",
    "my head does not hurt any more",
    "When can I come?",
)
NEITHER = (
    "",
    "Müller",
    "Dr. Jürgen Müller",
    "Will May",
    "Maria von der Heide",
    "3 May",
    "am 3. Mai um 10",
    "on Friday the 3rd of May",
    "Montag oder Dienstag",
    "Meningeom",
    "warum",
    "Thank you",
    "Termin absagen",
    "MRT T1 mit KM",
    "was ist a glioma",
    "WHO II, 12 mm",
    "J'ai mal à la tête",
    "ok",
)


@pytest.mark.parametrize("text", GERMAN)
def test_a_german_sentence_is_clearly_german(text: str) -> None:
    assert clear_language(text) == "de"
    assert other_language(text, "en") == "de"
    assert other_language(text, "de") == ""


@pytest.mark.parametrize("text", ENGLISH)
def test_an_english_sentence_is_clearly_english(text: str) -> None:
    assert clear_language(text) == "en"
    assert other_language(text, "de") == "en"
    assert other_language(text, "en") == ""


@pytest.mark.parametrize("text", NEITHER)
def test_names_dates_and_single_words_are_in_no_language(text: str) -> None:
    assert clear_language(text) == ""


def test_the_label_of_a_button_is_in_no_language() -> None:
    for words in languages().values():
        for key in ("choice.explain", "choice.next_step", "choice.book", "choice.visits"):
            assert other_language(words.say(key), "en") == ""
            assert other_language(words.say(key), "de") == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kein Hinweis auf eine Blutung.", "de"),
        ("No evidence of haemorrhage in the lung.", "en"),
        ("Was ist das?", "de"),
        ("what was that?", "en"),
        ("Läsion frontal", "de"),
        ("Fu\u0308r Frau Meier", "de"),
    ],
)
def test_one_count_of_words_tells_the_language_everywhere(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_text_that_does_not_tell_is_in_the_language_asked_for() -> None:
    assert language_of("T1", default="de") == "de"
    assert language_of("T1") == "en"
