"""A patient who writes in the other language is offered to be answered in it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.pages.assistant import AssistantPage
from app.pages.bubbles import Bubble
from app.workflow import speaking
from assistant.knowledge.language import language_of
from assistant.phrases import phrases
from tests.app.pages.test_assistant import say, talk
from tests.app.pages.test_patient import matched
from tests.app.shell.driver import Driver

__all__ = ["matched", "talk"]

QUESTION = "Was ist ein Meningeom und muss ich mir Sorgen machen?"


def offers(page: AssistantPage) -> list[QPushButton]:
    QApplication.processEvents()
    made = page.findChildren(QPushButton, "assistant.answer_in")
    return [one for one in made if one.isVisible()]


def bubbles(page: AssistantPage) -> list[str]:
    """What was said, from the top to the bottom."""
    QApplication.processEvents()
    laid = (page._talk.itemAt(at).widget() for at in range(page._talk.count()))
    shown = (one for one in laid if isinstance(one, Bubble) and not one.isHidden())
    return [one.findChildren(QLabel)[0].text() for one in shown]


def test_a_german_question_in_an_english_conversation_is_answered_in_german_at_a_click(
    matched: Driver,
    talk: AssistantPage,
) -> None:
    say(matched, talk, QUESTION)
    (offer,) = offers(talk)
    assert offer.text() == "Antworten auf Deutsch"
    first = bubbles(talk)[-1]
    with matched.qtbot.waitSignal(talk.answered, timeout=30_000):
        offer.click()
    matched.settle()
    asked, answered = bubbles(talk)[-2:]
    assert asked == QUESTION
    assert (language_of(first), language_of(answered)) == ("en", "de")
    assert offers(talk) == []
    assert talk.send.text() == phrases("de").say("page.send")
    assert speaking.my_language(matched.session) == "de"
    assert phrases("de").say("page.language_chosen") in [
        one.text() for one in matched.window.news.findChildren(QLabel)
    ]


def test_an_english_question_in_a_german_conversation_is_answered_in_english_at_a_click(
    matched: Driver,
    talk: AssistantPage,
) -> None:
    talk._speak("de")
    say(matched, talk, "What does my report say about the lesion?")
    (offer,) = offers(talk)
    assert offer.text() == "Answer in English"
    with matched.qtbot.waitSignal(talk.answered, timeout=30_000):
        offer.click()
    matched.settle()
    assert talk.words.language == "en"
    assert speaking.my_language(matched.session) == "en"


@pytest.mark.parametrize(
    "text", ["Müller", "Dr. Jürgen Müller", "am 3. Mai um 10", "Meningeom", "Show free times"]
)
def test_a_name_a_date_or_a_single_word_offers_nothing(
    matched: Driver, talk: AssistantPage, text: str
) -> None:
    say(matched, talk, text)
    assert offers(talk) == []


def test_the_offer_goes_with_the_next_message(matched: Driver, talk: AssistantPage) -> None:
    say(matched, talk, QUESTION)
    assert len(offers(talk)) == 1
    say(matched, talk, "What is a meningioma?")
    assert offers(talk) == []
    assert speaking.my_language(matched.session) == "en"


def test_the_offer_stands_right_below_the_answer(matched: Driver, talk: AssistantPage) -> None:
    say(matched, talk, QUESTION)
    (offer,) = offers(talk)
    answer = max(
        (one for one in talk.findChildren(Bubble) if one.isVisible()), key=lambda one: one.y()
    )
    row = offer.parentWidget()
    assert row is not None
    assert talk._talk.indexOf(row) == talk._talk.indexOf(answer) + 1
