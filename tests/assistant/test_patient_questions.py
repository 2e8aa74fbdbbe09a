"""Questions as patients ask them are answered by the sentence that holds the answer, or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from assistant.conversation import Room, reply
from assistant.drafting.answering import answer
from assistant.drafting.citing import resolves
from assistant.drafting.kinds import kinds_of
from assistant.drafting.reading.things import covers, things_in
from assistant.drafting.requesting import is_request, none_needed
from assistant.guarding.routing import Intent, Routed
from assistant.records import Sentence
from assistant.wishes import ReplyKind
from tests.assistant.conftest import NOW
from tests.assistant.desks import Desk
from tests.assistant.patients.asked import (
    DEVELOPING,
    KEPT,
    Asked,
    later,
    not_said,
    questions,
    reports,
    verdict,
)


def counted(names: tuple[str, ...], asked: Sequence[Asked] = ()) -> Counter[str]:
    """How many questions were answered rightly, wrongly or not; nothing says which."""
    known = reports(names)
    return Counter(
        verdict(answer(one.text, known[one.report], language=one.language), one)
        for one in asked or questions(names)
    )


def from_report(told: tuple[Sentence, ...]) -> bool:
    return any(one.source.startswith("report:") for said in told for one in said.citations)


def test_most_questions_are_answered_by_the_right_sentence():
    found = counted(DEVELOPING)
    assert found["right"] >= 0.95 * found.total(), found
    assert found["false"] == 0
    assert found["other"] <= 0.02 * found.total(), found


def test_the_set_that_was_kept_aside_holds_its_figures():
    found = counted(KEPT)
    assert found["right"] >= 0.65 * found.total(), found
    assert found["false"] == 0
    assert found["other"] <= 0.02 * found.total(), found


def test_questions_written_later_are_answered_after_their_lessons():
    found = counted((*DEVELOPING, *KEPT), later())
    assert found["right"] >= 0.8 * found.total(), found
    assert found["other"] == 0


def test_what_a_report_does_not_say_is_not_answered_from_it():
    known = reports(DEVELOPING)
    answered = [
        one
        for one in not_said()
        if from_report(answer(one.text, known[one.report], language=one.language))
    ]
    assert answered == []


def test_every_quote_stands_in_the_report():
    known = reports(DEVELOPING)
    for one in questions(DEVELOPING):
        report = known[one.report]
        for said in answer(one.text, report, language=one.language):
            assert all(resolves(cited, report) for cited in said.citations), said


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Who signed this report?", "Dr. Keller signed this report on 9 March 2027"),
        ("en", "When was my report signed?", "Dr. Keller"),
        ("de", "Wer hat den Befund unterschrieben?", "Dr. Keller hat diesen Befund"),
        ("de", "Von wem wurde der Bericht geschrieben?", "Dr. Keller hat diesen Befund"),
    ],
)
def test_who_signed_and_when_cites_the_signature(language, text, said):
    report = reports(DEVELOPING)["normal"]
    told = answer(text, report, language=language)
    assert said in told[0].text
    assert resolves(told[0].citations[0], report)


def test_a_lay_word_and_a_doctors_name_one_thing():
    asked = things_in("are the arteries in my neck blocked?")
    assert asked == {"carotid", "flow"}
    assert covers(things_in("the carotid arteries are patent"), "arteries")
    assert not covers(things_in("the arteries are patent"), "carotid")


def test_will_it_is_not_is_it():
    assert kinds_of("will it burst?") == {"future"}
    assert "future" in kinds_of("wird es platzen?")
    assert "future" not in kinds_of("wird das chiasma berührt?")


@pytest.mark.parametrize(
    "text",
    [
        "no further imaging is needed.",
        "nothing needs to be controlled.",
        "follow-up is no longer necessary.",
        "eine kontrolle ist nicht erforderlich.",
    ],
)
def test_that_nothing_need_be_done_is_read(text):
    assert none_needed(text)
    assert is_request(text)


def test_that_something_must_be_done_is_not_read_as_needless():
    assert not none_needed("control mri in 3 months.")
    assert not none_needed("no mass. follow-up is recommended.")


@pytest.mark.parametrize(
    ("name", "intent", "text", "said"),
    [
        ("atrophy", Intent.EXPLAIN, "Did I move during the scan?", "motion artefacts"),
        ("ms", Intent.NEXT_STEP, "Where are the new ones?", "left parietal white matter"),
        ("addendum", Intent.BOOK, "Is the spot in the pons new?", "lesion is unchanged"),
        ("cyst", Intent.NEXT_STEP, "Do I need another MRI?", "No further imaging is needed"),
    ],
)
def test_a_question_for_a_finding_is_answered_whatever_it_was_taken_for(
    monkeypatch, name, intent, text, said
):
    monkeypatch.setattr("assistant.conversation.intent_of", lambda *_, **__: Routed(intent, 0.9))
    told = reply(text, Room(reports(DEVELOPING)[name], Desk(), NOW))
    assert told.kind is ReplyKind.ANSWER
    assert said in told.sentences[0].text


def test_a_wish_for_a_visit_that_names_a_finding_stays_a_wish(monkeypatch):
    monkeypatch.setattr(
        "assistant.conversation.intent_of", lambda *_, **__: Routed(Intent.BOOK, 0.9)
    )
    text = "Can I book a visit about the aneurysm?"
    told = reply(text, Room(reports(DEVELOPING)["aneurysm"], Desk(), NOW))
    assert told.kind is not ReplyKind.ANSWER
