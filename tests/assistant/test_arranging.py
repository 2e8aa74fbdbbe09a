"""Visits are booked, moved and cancelled by a person's click; words only narrow down which."""

from __future__ import annotations

import pytest

from assistant.conversation import Room, reply
from assistant.guarding.red_flags import Verdict
from assistant.records import Reply, Turn
from assistant.wishes import Act, ReplyKind
from scheduling.records import Appointment
from tests.assistant.conftest import NOW
from tests.assistant.desks import HADDAD, KELLER, WINTER, Desk, visit


class Talk:
    """A conversation that goes on: each message is answered with what was said before."""

    def __init__(self, *visits: Appointment, language: str = "en", **desk) -> None:
        self.room = Room(None, Desk(*visits, **desk), NOW, language=language)
        self.history: list[Turn] = []

    def say(self, text: str, picked: str = "") -> Reply:
        said = reply(text, self.room, history=self.history, picked=picked)
        self.history += [
            Turn("patient", text),
            Turn("assistant", " ".join(one.text for one in said.sentences), said.topic),
        ]
        return said

    def times(self, said: Reply) -> list[str]:
        return [f"{slot.starts:%d %H:%M} {slot.practitioner_id}" for slot in said.slots]


def words(said: Reply) -> str:
    return " ".join(one.text for one in said.sentences)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the second", 1),
        ("the second one please", 1),
        ("I'll take the first", 0),
        ("number 3", 2),
        ("the last one", 3),
        ("2nd", 1),
        ("the one at 10", 1),
        ("at eleven", 2),
    ],
)
def test_one_of_the_offered_times_is_picked_by_words_and_said_back(text, place):
    talk = Talk(people=(KELLER,))
    offered = talk.say("book an appointment on Friday from 9 to 13 with Dr Keller")
    assert talk.times(offered) == ["20 09:00 d1", "20 10:00 d1", "20 11:00 d1", "20 12:00 d1"]
    chosen = talk.say(text)
    assert chosen.kind is ReplyKind.CHOSEN
    assert chosen.slots == (offered.slots[place],)
    assert "Friday 20 March 2026" in words(chosen)
    assert "It is booked when you press Book" in words(chosen)


@pytest.mark.parametrize("text", ["die zweite", "den zweiten bitte", "Nummer 2", "um zehn"])
def test_one_of_the_offered_times_is_picked_in_german(text):
    talk = Talk(language="de", people=(KELLER,))
    offered = talk.say("book: Termin am Freitag von 9 bis 13 Uhr")
    chosen = talk.say(text)
    assert chosen.slots == (offered.slots[1],)
    assert "Freitag, 20. März 2026, 10:00 bis 10:30 Uhr" in words(chosen)


@pytest.mark.parametrize("text", ["yes", "that one", "I'll take it", "that works"])
def test_a_yes_picks_only_where_one_time_is_left(text):
    talk = Talk(people=(KELLER,))
    talk.say("book on Friday at 9 or book on Friday from 9 to 13")
    talk.say("the first")
    assert talk.say(text).kind is ReplyKind.CHOSEN


def test_a_fifth_of_four_is_nothing():
    talk = Talk()
    talk.say("book a visit")
    assert talk.say("number 9").kind is not ReplyKind.CHOSEN


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("later", "20 13:00 d1"),
        ("anything earlier?", "19 13:00 d1"),
        ("another day", "23 09:00 d1"),
        ("on Monday instead", "23 09:00 d1"),
        ("in the afternoon", "20 12:00 d1"),
        ("with someone else", "20 09:00 d2"),
        ("with Dr Winter instead", "20 09:00 d3"),
        ("with dr wintr", "20 09:00 d3"),
    ],
)
def test_another_wish_changes_what_it_names_and_keeps_the_rest(text, first):
    talk = Talk()
    talk.say("book with Dr Keller on Friday from 9 to 13")
    again = talk.say(text)
    assert again.kind is ReplyKind.SLOTS
    assert talk.times(again)[0] == first


def test_a_question_between_is_answered_and_is_no_wish():
    talk = Talk()
    talk.say("book a visit")
    assert talk.say("what does meningioma mean?").kind is ReplyKind.ANSWER


def test_a_cancellation_shows_the_own_visit_and_waits_for_the_click():
    mine = visit("a1", 20, 10)
    said = Talk(mine).say("cancel my appointment")
    assert said.kind is ReplyKind.VISITS
    assert said.visits == (mine,)
    assert said.topic is not None
    assert said.topic.act is Act.CANCEL
    assert "when you press Cancel" in words(said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please cancel my visit on Monday", "en"),
        ("cancel the appointment with Haddad", "en"),
        ("I can't come to my appointment on Monday", "en"),
        ("ich möchte meinen Termin am Montag absagen", "de"),
        ("bitte sagen Sie meinen Termin bei Frau Hadad ab", "de"),
        ("meinen Termin am Montag stornieren", "de"),
    ],
)
def test_the_visit_to_cancel_is_found_by_day_or_name(text, language):
    friday, monday = visit("a1", 20, 10), visit("a2", 23, 9, HADDAD)
    assert Talk(friday, monday, language=language).say(text).visits == (monday,)


def test_of_several_visits_the_named_one_is_settled_by_the_next_message():
    friday, monday = visit("a1", 20, 10), visit("a2", 23, 9, HADDAD)
    for answer in ("the second", "the one on Monday", "with Haddad"):
        talk = Talk(friday, monday)
        assert talk.say("cancel my appointment").visits == (friday, monday)
        assert talk.say(answer).visits == (monday,)


def test_a_move_offers_times_of_the_same_doctor_and_says_what_is_moved():
    talk = Talk(visit("a1", 20, 10, HADDAD))
    said = talk.say("move my appointment to Monday afternoon")
    assert said.kind is ReplyKind.SLOTS
    assert talk.times(said)[0] == "23 12:00 d2"
    assert said.topic is not None
    assert (said.topic.act, said.topic.appointment_ids) == (Act.MOVE, ("a1",))
    assert "You want to move Friday 20 March 2026, 10:00 to 10:30" in words(said)
    assert "stays as it is until you press Move" in words(said)
    chosen = talk.say("the first")
    assert chosen.topic is not None
    assert chosen.topic.act is Act.MOVE
    assert chosen.topic.appointment_ids == ("a1",)
    assert "moved there when you press Move" in words(chosen)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("move my Friday appointment to Monday at 11", "en"),
        ("reschedule the visit on Friday to Monday at eleven", "en"),
        ("can you change my appointment of 20 March to 23 March at 11?", "en"),
        ("bitte meinen Termin am Freitag auf Montag um elf verschieben", "de"),
        ("ich muss den Termin vom 20. März auf den 23. März um 11 Uhr verlegen", "de"),
    ],
)
def test_which_visit_is_moved_and_where_to_are_told_apart(text, language):
    talk = Talk(visit("a1", 20, 10), visit("a2", 24, 10, WINTER), language=language)
    said = talk.say(text)
    assert said.topic is not None
    assert said.topic.appointment_ids == ("a1",)
    assert talk.times(said)[0] == "23 11:00 d1"


def test_a_move_without_a_day_asks_nothing_and_shows_the_next_times():
    said = Talk(visit("a1", 20, 10)).say("I need to reschedule my appointment")
    assert said.slots[0].starts > NOW
    assert said.topic is not None
    assert said.topic.appointment_ids == ("a1",)


def test_of_several_visits_the_one_to_move_is_asked_and_the_day_is_remembered():
    talk = Talk(visit("a1", 20, 10), visit("a2", 24, 10, WINTER))
    asked = talk.say("reschedule my appointment to 26 March")
    assert asked.kind is ReplyKind.VISITS
    assert asked.slots == ()
    told = talk.say("the second")
    assert talk.times(told)[0] == "26 08:00 d3"
    pointed = Talk(visit("a1", 20, 10), visit("a2", 24, 10, WINTER))
    assert pointed.say("this one", picked="a2").topic.appointment_ids == ("a2",)


def test_without_a_visit_there_is_nothing_to_cancel_or_move():
    for text in ("cancel my appointment", "reschedule my appointment"):
        said = Talk().say(text)
        assert said.visits == said.slots == ()
        assert "no appointment" in words(said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My appointments", "en"),
        ("when is my next appointment?", "en"),
        ("do I have an appointment?", "en"),
        ("Meine Termine", "de"),
        ("Wann ist mein Termin?", "de"),
        ("habe ich einen Termin?", "de"),
    ],
)
def test_what_is_booked_is_shown(text, language):
    mine = visit("a1", 20, 10)
    said = Talk(mine, language=language).say(text)
    assert said.visits == (mine,)
    assert said.topic is not None
    assert said.topic.act is Act.SEE


def test_an_unknown_doctor_is_said_so_and_others_are_shown():
    said = Talk().say("book with Dr. Murray tomorrow")
    assert "I know no doctor of the name Murray" in words(said)
    assert said.slots


def test_a_visit_that_is_not_ones_own_can_not_be_pointed_at():
    said = Talk(visit("a1", 20, 10)).say("this one", picked="somebody-else")
    assert said.slots == ()
    assert said.visits == ()


def test_an_emergency_in_the_middle_of_booking_comes_first():
    talk = Talk()
    talk.say("book a visit")
    assert talk.say("the second, my face is drooping").kind is ReplyKind.EMERGENCY


def test_a_message_that_only_picks_raises_no_alarm_and_one_that_tells_more_does(monkeypatch):
    talk = Talk()
    talk.say("book a visit")
    monkeypatch.setattr("assistant.conversation.verdict_of", lambda *_a, **_k: Verdict.ASK)
    assert Talk().say("something odd").kind is ReplyKind.ASK
    assert talk.say("the first").kind is ReplyKind.CHOSEN
    asked = talk.say("the first, and my arm feels odd")
    assert asked.kind is ReplyKind.ASK
    assert asked.choices == ("Yes", "No")
    assert "112" in words(asked)
    assert talk.say("Yes").kind is ReplyKind.EMERGENCY
