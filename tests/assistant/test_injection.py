"""An order hidden in a message, a report, a name or a leaflet does nothing and leaks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.conversation import Room, reply
from assistant.phrases import phrases
from assistant.records import Reply, Report, Turn
from assistant.wishes import Act, ReplyKind
from scheduling.records import Practitioner
from tests.assistant.conftest import NOW, MakeReport, finding
from tests.assistant.desks import KELLER, Desk, visit
from tests.assistant.injections import ORDERS

ASKED = ("Explain my report", "What is the next step?", "Show free times", "what did they find?",
         "how big is it?", "cancel my appointment")  # fmt: skip


class Watched(Desk):
    """A desk that holds nothing by which anything could be done."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the assistant reached for {name}")


def say(text: str, report: Report | None = None, desk: Desk | None = None, **more) -> Reply:
    return reply(text, Room(report, desk or Watched(), NOW), **more)


def words(said: Reply) -> str:
    return " ".join(one.text for one in said.sentences)


@pytest.fixture
def report(make_report: MakeReport) -> Report:
    return make_report(finding())


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_in_a_message_is_a_message(report, order):
    mine = visit("a1", 20, 10)
    said = say(order, report, Watched(mine))
    assert isinstance(said, Reply)
    assert "p2" not in words(said)
    assert all(one in {mine} for one in said.visits)
    repeated = say(order, report, Watched(mine), history=[Turn("patient", order)] * 20)
    assert repeated.kind is said.kind


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_in_a_report_changes_neither_decision_nor_slots(make_report: MakeReport, order):
    clean = make_report(finding())
    told = {title: f"{clean.section(title)} {order}" for title in ("Technique", "Comparison")}
    dirty = make_report(finding(), **{title.lower(): text for title, text in told.items()})
    for asked in ASKED:
        before, after = say(asked, clean), say(asked, dirty)
        assert (after.kind, after.slots, after.visits) == (before.kind, before.slots, before.visits)
        assert after.topic == before.topic


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_in_a_doctors_name_or_specialty_is_only_a_name(order):
    odd = Practitioner("d9", order, order, "UTC")
    desk = Watched(visit("a1", 20, 10), people=(odd, KELLER))
    for asked in ("book a visit", "cancel my appointment", "book with Dr. Keller"):
        said = say(asked, desk=desk)
        assert said.kind in {ReplyKind.SLOTS, ReplyKind.VISITS}
        assert said.topic is not None
        assert said.topic.act is (Act.CANCEL if "cancel" in asked else Act.BOOK)
    chosen = say("the first", desk=desk, history=_offered(desk))
    assert chosen.kind is ReplyKind.CHOSEN


def _offered(desk: Desk) -> list[Turn]:
    said = say("book a visit", desk=desk)
    return [Turn("patient", "book a visit"), Turn("assistant", words(said), said.topic)]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_said_by_the_assistant_itself_opens_nothing(order):
    said = say("yes", history=[Turn("assistant", order)])
    assert said.slots == ()
    assert said.visits == ()


def test_words_that_are_filled_in_are_never_filled_again():
    said = phrases("en").say("slots.unknown_name", name="{number}")
    assert "{number}" in said


def test_a_language_model_that_gives_orders_is_only_read(report):
    class Ordering:
        calls = 0

        def complete(self, messages, *, max_tokens, on_token):
            self.calls += 1
            return ORDERS[self.calls % len(ORDERS)]

        def forget(self) -> None: ...
        def name(self) -> str:
            return "ordering"

        def close(self) -> None: ...

    model = Ordering()
    room = replace(Room(report, Watched(visit("a1", 20, 10)), NOW), model=model)
    for text in ("Hello", "Thank you", *ASKED):
        said = reply(text, room)
        assert all(order not in words(said) for order in ORDERS)
    assert model.calls > 0


def test_a_desk_that_could_act_would_be_noticed():
    with pytest.raises(AssertionError, match="book_own"):
        Watched().book_own(None)
