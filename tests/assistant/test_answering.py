"""Questions are answered in quotes from the report or a passage, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from assistant.drafting.answering import answer
from assistant.drafting.citing import resolves
from assistant.records import Report, Sentence, Turn
from tests.assistant import aspect_questions
from tests.assistant.conftest import MakeReport, finding
from tests.assistant.report_questions import LATER, QUESTIONS, REPORTS, TALKS


@pytest.fixture
def reports(make_report: MakeReport) -> dict[str, Report]:
    return {
        name: make_report(*([finding()] if name == "glioma" else []), **texts)
        for name, texts in REPORTS.items()
    }


def said(told: tuple[Sentence, ...]) -> str:
    return " ".join(one.text for one in told)


def right(told: tuple[Sentence, ...], gold: str | None) -> bool:
    return not told if gold is None else gold in said(told)


def misses(
    reports: dict[str, Report], rows: Sequence[tuple[str, str, str, str | None]]
) -> Iterator[tuple[bool, str, str | None, str]]:
    """What was answered wrongly, and whether something false was said."""
    for name, language, question, gold in rows:
        told = answer(question, reports[name], language=language)
        if not right(told, gold):
            yield bool(told), f"{name}: {question}", gold, said(told)


def test_the_questions_are_many_and_hold_unanswerable_ones():
    assert len(QUESTIONS) >= 100
    assert sum(gold is None for *_, gold in QUESTIONS) >= 25


@pytest.mark.parametrize("rows", [QUESTIONS, LATER], ids=["first", "later"])
def test_questions_are_answered_or_honestly_not(reports, rows):
    wrong = list(misses(reports, rows))
    false = [one for one in wrong if one[0]]
    assert len(wrong) <= 0.05 * len(rows), wrong
    assert false == []


@pytest.mark.parametrize(("name", "language", "asked", "gold"), TALKS)
def test_it_and_that_word_are_what_was_spoken_of_last(reports, name, language, asked, gold):
    history: list[Turn] = []
    told: tuple[Sentence, ...] = ()
    for question in asked:
        told = answer(question, reports[name], language=language, history=history)
        history += [Turn("patient", question), Turn("assistant", said(told))]
    assert right(told, gold), said(told)


def test_every_answer_cites_what_it_quotes(reports):
    for name, language, question, _ in QUESTIONS:
        for one in answer(question, reports[name], language=language):
            apart = one.text.startswith(("Your report does not", "Dieses Wort steht nicht"))
            assert one.citations or apart
            assert all(resolves(cited, reports[name]) for cited in one.citations), one


def test_an_unsigned_report_answers_nothing(make_report: MakeReport):
    unsigned = make_report(finding(), signed=False)
    assert answer("How big is it?", unsigned) == ()
    assert "34" not in said(answer("What is a glioma?", unsigned))


@pytest.fixture
def aspect_reports(make_report: MakeReport) -> dict[str, Report]:
    return {name: make_report(**texts) for name, texts in aspect_questions.REPORTS.items()}


def test_how_large_where_how_many_grown_and_back_are_found_in_the_report(aspect_reports):
    wrong = list(misses(aspect_reports, aspect_questions.ASKED))
    assert [one for one in wrong if one[0]] == []
    assert len(wrong) <= 0.05 * len(aspect_questions.ASKED), wrong


def test_what_such_an_answer_quotes_stands_in_the_report(aspect_reports):
    for name, language, question, gold in aspect_questions.ASKED:
        for one in answer(question, aspect_reports[name], language=language):
            assert gold is not None
            assert one.citations
            assert all(resolves(cited, aspect_reports[name]) for cited in one.citations)


def test_when_do_i_come_back_is_not_did_it_come_back(aspect_reports):
    report = aspect_reports["after-operation"]
    assert "recurrence" not in said(answer("When do I have to come back?", report))
    assert "3 months" not in said(answer("Has it come back?", report))


@pytest.mark.parametrize(("name", "language", "question"), aspect_questions.NOT_SAID)
def test_what_the_report_does_not_say_is_not_answered_from_it(
    aspect_reports, name, language, question
):
    assert answer(question, aspect_reports[name], language=language) == ()
