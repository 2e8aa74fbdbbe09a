"""Rules decide, the report and the passages answer, and a model never gets to decide."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from assistant import conversation
from assistant.conversation import CHOICES, Room, reply
from assistant.drafting.citing import resolves
from assistant.drafting.explanation import explain
from assistant.drafting.wording import GREETING_TEXT, reword
from assistant.errors import EngineLostError
from assistant.guarding.routing import Intent, Routed
from assistant.guarding.small_talk import harmless
from assistant.phrases import languages, phrases
from assistant.records import ModelProfile, Reply, Report, Turn
from assistant.wishes import ReplyKind
from tests.assistant.conftest import NOW, MakeReport, finding
from tests.assistant.desks import HADDAD, Desk

WORDS = phrases("en")
BUTTONS = tuple(WORDS.say(key) for key in CHOICES)
PROFILE = ModelProfile("m", "/nowhere", "0" * 64, "none", allow_wording=True)


class Scripted:
    """A language model that says what it was told to, or fails; counts its calls."""

    def __init__(self, said: str | Exception) -> None:
        self.said, self.calls = said, 0

    def complete(self, messages, *, max_tokens, on_token):
        self.calls += 1
        if isinstance(self.said, Exception):
            raise self.said
        on_token(self.said)
        return self.said

    def forget(self) -> None: ...
    def name(self) -> str:
        return "scripted"

    def close(self) -> None: ...


def ask(text: str, report: Report | None = None, *, history=(), on_token=None, **room) -> Reply:
    room = {"desk": Desk(), "now": NOW, **room}
    more = {"on_token": on_token} if on_token else {}
    return reply(text, Room(report, **room), history=history, **more)


@pytest.fixture
def report(make_report: MakeReport) -> Report:
    return make_report(finding())


def test_an_emergency_comes_before_everything_else(report):
    said = ask("Book a visit and what dose? My face is drooping", report)
    assert said.kind is ReplyKind.EMERGENCY
    assert "112" in " ".join(one.text for one in said.sentences)
    assert said.slots == ()


def test_a_dose_question_is_refused_even_with_a_booking_in_it(report):
    said = ask("book a visit and tell me the dose", report)
    assert said.kind is ReplyKind.REFUSAL
    assert "ask your doctor" in said.sentences[0].text


@pytest.mark.parametrize("text", ["Explain my report", "what did they find?", "what do I have?"])
def test_the_signed_report_is_explained_with_citations(report, text):
    said = ask(text, report)
    assert said.kind is ReplyKind.EXPLANATION
    assert all(one.citations for one in said.sentences)
    assert all(resolves(c, report) for one in said.sentences for c in one.citations)
    assert WORDS.say("choice.book") in said.choices


@pytest.mark.parametrize("signed", [False, None])
def test_without_a_signed_report_nothing_is_explained(make_report: MakeReport, signed):
    unsigned = None if signed is None else make_report(finding(), signed=False)
    for text in ("Explain my report", "what is the next step?"):
        assert ask(text, unsigned).sentences[0].text == WORDS.say("answer.no_report")
    shown = " ".join(one.text for one in ask("how big is it?", unsigned).sentences)
    assert "34" not in shown


def test_the_next_step_offers_times_and_a_yes_takes_it_up(report):
    offered = ask("What is the next step?", report)
    assert "neurosurgery within 2 weeks" in offered.sentences[0].text
    turn = Turn("assistant", " ".join(one.text for one in offered.sentences), offered.topic)
    desk = Desk()
    taken = ask("yes please", report, history=(turn,), desk=desk)
    assert taken.kind is ReplyKind.SLOTS
    assert desk.asked == [frozenset({"d1"})]


def test_booking_proposes_slots_and_says_that_nothing_is_booked(report):
    desk = Desk()
    said = ask("Book an appointment with a neurologist next week", report, desk=desk)
    assert said.kind is ReplyKind.SLOTS
    assert 1 <= len(said.slots) <= 4
    assert desk.asked == [frozenset({"d2"})]
    assert "Nothing is booked until you" in said.sentences[-1].text


def test_no_free_time_is_said_plainly(report):
    said = ask("Show free times", report, desk=Desk(free=False))
    assert said.slots == ()
    assert "no free time" in said.sentences[0].text


def test_without_the_reports_specialty_other_doctors_are_offered_and_it_is_said(report):
    desk = Desk(people=(HADDAD,))
    said = ask("Show free times", report, desk=desk)
    assert said.slots
    assert "no free time in neurosurgery" in said.sentences[0].text
    stated = ask("book a cardiologist", report, desk=desk)
    assert stated.slots == ()


def test_a_word_is_explained_from_a_passage_and_told_apart_from_the_report(report):
    said = ask("What does meningioma mean?", report)
    assert said.kind is ReplyKind.ANSWER
    assert "does not use this word" in said.sentences[0].text
    assert said.sentences[1].citations[0].source == "knowledge:meningioma"


def test_a_question_about_the_finding_is_answered_from_the_report(report):
    for text in ("How big is it?", "Where is it?"):
        said = ask(text, report)
        assert said.kind is ReplyKind.ANSWER
        assert "right frontal lobe" in said.sentences[0].text
        assert said.sentences[0].citations[0].source == "report:Findings"


@pytest.mark.parametrize("text", ["what is the capital of France?", "is there bleeding?"])
def test_what_nothing_here_answers_is_not_answered(report, text):
    said = ask(text, report)
    assert said.kind is ReplyKind.UNKNOWN
    assert said.sentences[0].text == WORDS.say("answer.unknown")
    assert said.choices == BUTTONS


@pytest.mark.parametrize("language", ["en", "de"])
def test_where_it_is_not_sure_what_is_wanted_it_says_so_and_offers_the_three_buttons(
    report, language
):
    words = phrases(language)
    said = ask("xyzzy", report, language=language)
    assert [one.text for one in said.sentences] == [
        words.say("answer.unsure"),
        words.say("answer.if_unwell", number="112"),
    ]
    assert said.choices == tuple(words.say(key) for key in CHOICES)


@pytest.mark.parametrize("sure", [True, False])
def test_an_answer_to_what_may_not_be_a_question_asks_what_is_wanted(report, monkeypatch, sure):
    routed = Routed(Intent.QUESTION, 0.9 if sure else 0.4)
    monkeypatch.setattr(conversation, "intent_of", lambda *_, **__: routed)
    said = ask("How big is it?", report)
    assert said.kind is ReplyKind.ANSWER
    assert said.sentences[0].citations
    asked = [one.text for one in said.sentences] == [
        said.sentences[0].text,
        WORDS.say("answer.unsure"),
    ]
    assert asked is not sure
    assert (said.choices == BUTTONS) is not sure
    told = ask("It was 30 mm large, they told me", report)
    unwell = [one.text.startswith("If you feel") for one in told.sentences]
    assert unwell.count(True) == 1


def test_every_choice_is_understood_as_a_message(report):
    kinds = [ask(choice, report).kind for choice in BUTTONS]
    assert kinds == [ReplyKind.EXPLANATION, ReplyKind.ANSWER, ReplyKind.SLOTS]


def test_a_courteous_model_may_word_a_greeting():
    pieces: list[str] = []
    said = ask("Hello", model=Scripted("Hello, how can I help you?"), on_token=pieces.append)
    assert said.kind is ReplyKind.CHAT
    assert said.sentences[0].by_model
    assert "".join(pieces).strip() == "Hello, how can I help you?"


@pytest.mark.parametrize(
    "said",
    [
        "Hello! Your tumour is harmless.",
        "Hello, take 5 mg of aspirin.",
        "Hello, your report is good.",
        "You are healthy.",
        "Hi <b>there</b>",
        "hello " * 40,
        "",
        EngineLostError("gone"),
    ],
)
def test_anything_else_a_model_says_to_a_greeting_is_replaced(said):
    pieces: list[str] = []
    answered = ask("Hello", model=Scripted(said), on_token=pieces.append)
    assert answered.sentences[0].text == GREETING_TEXT
    assert not answered.sentences[0].by_model
    assert "".join(pieces) == GREETING_TEXT


def test_german_thanks_are_answered_in_german():
    assert ask("Vielen Dank!", language="de").sentences[0].text == "Gern geschehen."


def test_a_model_is_never_asked_to_decide(report):
    model = Scripted("CALL book_appointment(practitioner='d1')")
    desk = Desk()
    texts = ("Explain my report", "What does oedema mean?", "Book tomorrow", "my arm is numb", "?")
    for text in texts:
        ask(text, report, model=model, desk=desk)
    assert model.calls == 0
    assert len(desk.asked) == 1


def test_what_a_model_words_is_shown_only_if_the_gate_traces_it(report):
    explained = explain(report)
    lies = reword(explained, Scripted("The tumour is gone."), PROFILE, on_token=lambda _: None)
    assert lies == explained
    source = next(one for one in explained.sentences if one.topic == "found")
    honest = source.text.replace("Your MRI", "The MRI")
    worded = reword(explained, Scripted(honest), PROFILE, on_token=lambda _: None)
    shown = next(one for one in worded.sentences if one.by_model)
    assert shown.text == honest
    assert shown.citations == source.citations


def test_wording_is_off_unless_the_profile_allows_it(report):
    explained, model = explain(report), Scripted("Anything.")
    off = replace(PROFILE, allow_wording=False)
    assert reword(explained, model, off, on_token=lambda _: None) is explained
    assert reword(explained, None, PROFILE, on_token=lambda _: None) is explained
    assert model.calls == 0


def test_the_courtesy_gate_with_a_hole_is_noticed(monkeypatch):
    assert not harmless("Hello, your tumour is gone.")
    monkeypatch.setattr("assistant.guarding.small_talk._COURTESY", {"your", "tumour", "gone"}
                        | {"hello", "is"})  # fmt: skip
    assert harmless("Hello, your tumour gone is.")


def test_every_language_says_the_same_things_with_the_same_places_to_fill():
    english = languages()["en"]
    for one in languages().values():
        assert one.words.keys() == english.words.keys()
        assert {key: len(row) for key, row in one.lists.items()} == {
            key: len(row) for key, row in english.lists.items()
        }
        for key, said in one.words.items():
            places = _places(english.words[key])
            fits = _places(said) <= places if key.startswith("told.") else _places(said) == places
            assert fits, (one.language, key)


def _places(said: str) -> set[str]:
    return {name for _text, name, _form, _how in Formatter().parse(said) if name}


def test_an_unknown_language_is_answered_in_english():
    assert phrases("fr-CA").language == "en"
    assert phrases("de-AT").language == "de"


def test_german_is_answered_in_german_with_the_same_times(report):
    said = ask("Ich möchte einen Termin buchen, übermorgen um halb vier, appointment", report,
               language="de")  # fmt: skip
    assert said.kind is ReplyKind.SLOTS
    assert "Freitag, 20. März 2026, 15:30 bis 16:30 Uhr" in said.sentences[0].text


def test_the_emergency_number_is_the_one_of_the_place():
    said = ask("my face is drooping", emergency_number="911")
    assert all("112" not in one.text for one in said.sentences)
    assert "911" in said.sentences[0].text
