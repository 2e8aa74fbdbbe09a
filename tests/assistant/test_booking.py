"""Wishes are read, free times are looked up, and nothing is booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from assistant.conversation import Room, reply
from assistant.records import Turn
from assistant.tools.booking import look_up, read_wish
from assistant.tools.dates import read_when
from assistant.tools.kinds import kind_in
from assistant.tools.people import meant, of_specialty, practitioner_in, specialty_in
from assistant.wishes import PLAIN, VisitKind
from scheduling.records import Practitioner
from tests.assistant.conftest import NOW
from tests.assistant.desks import HADDAD, KELLER, WINTER, Desk, visit

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 18)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", TODAY, TODAY),
        ("tomorrow", day(3, 19), day(3, 19)),
        ("the day after tomorrow", day(3, 20), day(3, 20)),
        ("on Friday", day(3, 20), day(3, 20)),
        ("on Wednesday", day(3, 25), day(3, 25)),
        ("next Tuesday", day(3, 24), day(3, 24)),
        ("next Friday", day(3, 27), day(3, 27)),
        ("next week", day(3, 23), day(3, 29)),
        ("Thursday next week", day(3, 26), day(3, 26)),
        ("this week", TODAY, day(3, 22)),
        ("next month", day(4, 1), day(4, 30)),
        ("in two weeks", day(4, 1), day(4, 7)),
        ("in 3 days", day(3, 21), day(3, 21)),
        ("within the next 3 weeks", TODAY, day(4, 8)),
        ("on 2026-04-02", day(4, 2), day(4, 2)),
        ("on 2.4.2026", day(4, 2), day(4, 2)),
        ("on the 19th", day(3, 19), day(3, 19)),
        ("on the 3rd", day(4, 3), day(4, 3)),
        ("March 24", day(3, 24), day(3, 24)),
        ("the 24th of March", day(3, 24), day(3, 24)),
        ("5 January", date(2027, 1, 5), date(2027, 1, 5)),
        ("between 18 and 20 March", day(3, 18), day(3, 20)),
        ("after Friday", day(3, 21), None),
    ],
)
def test_days_are_read(text, first, last):
    when = read_when(f"a visit {text} please", NOW)
    assert when is not None
    assert (when.first, when.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("tomorrow morning", time(0), time(12)),
        ("tomorrow in the afternoon", time(12), time(18)),
        ("tomorrow at 3 pm", time(15), time(16)),
        ("tomorrow at 10:30", time(10, 30), time(11, 30)),
        ("tomorrow at half past three in the afternoon", time(15, 30), time(16, 30)),
        ("tomorrow at ten o'clock", time(10), time(11)),
        ("tomorrow at 12 o'clock", time(12), time(13)),
        ("tomorrow after 2 pm", time(14), time.max),
        ("tomorrow", time.min, time.max),
    ],
)
def test_times_are_read(text, earliest, latest):
    when = read_when(text, NOW)
    assert when is not None
    assert (when.earliest, when.latest) == (earliest, latest)


@pytest.mark.parametrize("text", ["as soon as possible", "a visit", "on the 31st of February", ""])
def test_no_date_is_invented(text):
    assert read_when(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("book with Dr. Keller tomorrow", "Keller"),
        ("can I see doctor haddad", "haddad"),
        ("an appointment with Amina Haddad", "Amina Haddad"),
        ("I want to see a doctor on Friday", ""),
        ("book with Neurosurgery", ""),
        ("I want to see the doctor", ""),
    ],
)
def test_a_doctors_name_is_read(text, name):
    assert practitioner_in(text) == name


def test_the_specialty_is_the_stated_one_else_the_usual_one():
    assert read_wish("see a neurologist", NOW, usual_specialty="x").specialty == "neurology"
    assert (
        read_wish("book a visit", NOW, usual_specialty="neurosurgery").specialty == "neurosurgery"
    )
    assert read_wish("see Dr. Keller", NOW, usual_specialty="neurosurgery").specialty == ""


@pytest.mark.parametrize(
    ("text", "specialty"),
    [
        ("einen Termin beim Neurologen", "neurology"),
        ("zur Hausärztin", "general practice"),
        ("in der Neurochirurgie", "neurosurgery"),
        ("an eye doctor please", "ophthalmology"),
        ("the family doctor", "general practice"),
        ("beim Augenarzt am Freitag", "ophthalmology"),
        ("HNO-Arzt", "otolaryngology"),
        ("in two weeks", ""),
    ],
)
def test_specialties_are_known_in_both_languages(text, specialty):
    assert specialty_in(text) == specialty


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("with Dr. Keller", KELLER),
        ("book dr kellar tomorrow", KELLER),
        ("bei Frau Doktor Keler", KELLER),
        ("can I see Haddad on Friday", HADDAD),
        ("bei Frau Hadad", HADDAD),
        ("amina haddad", HADDAD),
        ("Dr Winter", WINTER),
    ],
)
def test_a_name_with_a_slip_finds_the_clinics_own_doctor(text, who):
    assert meant(text, (KELLER, HADDAD, WINTER)) == (who,)


GROENLUND = Practitioner("d4", "Prof. Dr. Sören Grönlund", "Neurology", "UTC")
VAN_DER_BERG = Practitioner("d5", "Dr. Anke van der Berg", "Radiology", "UTC")
VOGEL = Practitioner("d6", "Dr. Lena Vogel-Stein", "Neurology", "UTC")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("bei Frau Dr. Groenlund", GROENLUND),
        ("prof gronlund on monday", GROENLUND),
        ("with Dr.Grönlund", GROENLUND),
        ("drgroenlund tomorrow", GROENLUND),
        ("vanderberg next week", VAN_DER_BERG),
        ("Dr van der Berg on Friday", VAN_DER_BERG),
        ("with doctor vanderberg", VAN_DER_BERG),
        ("dr vogelstein", VOGEL),
        ("bei Vogel Stein", VOGEL),
    ],
)
def test_a_name_without_its_space_hyphen_or_umlaut_finds_the_doctor(text, who):
    people = (KELLER, HADDAD, WINTER, GROENLUND, VAN_DER_BERG, VOGEL)
    assert meant(text, people) == (who,)
    assert meant("I drive on Friday to the zoo", people) == ()


@pytest.mark.parametrize(
    "text", ["tomorrow", "the cellar is cold", "am Freitag", "Dr. Murray", "with my doctor", ""]
)
def test_nobody_is_meant_by_other_words(text):
    assert meant(text, (KELLER, HADDAD, WINTER)) == ()


def test_a_specialty_finds_doctors_whatever_language_the_clinic_wrote_it_in():
    assert of_specialty("neurology", (KELLER, HADDAD, WINTER)) == (HADDAD,)
    assert of_specialty("neurosurgery", (KELLER, HADDAD, WINTER)) == (KELLER,)


def test_four_slots_at_most_and_none_in_the_past():
    desk = Desk()
    offer = look_up(read_wish("book", NOW), desk, NOW)
    assert offer.fits
    assert len(offer.slots) == 4
    assert all(slot.starts >= NOW for slot in offer.slots)
    assert desk.asked == [frozenset()]


def test_slots_fit_the_wished_time_in_the_local_zone():
    now = NOW.astimezone(BERLIN)
    offer = look_up(read_wish("next Friday afternoon", now), Desk(), now)
    local = [slot.starts.astimezone(BERLIN) for slot in offer.slots]
    assert offer.fits
    assert {one.date() for one in local} == {date(2026, 3, 27)}
    assert all(12 <= one.hour < 18 for one in local)


def test_without_a_fitting_slot_the_nearest_ones_are_shown_and_said_so():
    offer = look_up(read_wish("on Friday at 8 pm", NOW), Desk(people=(KELLER,)), NOW)
    assert not offer.fits
    assert [f"{one.starts:%d %H}" for one in offer.slots] == ["20 12", "20 13", "20 14", "20 15"]


def test_a_time_on_a_full_day_brings_the_nearest_before_and_after_it():
    offer = look_up(read_wish("on Saturday at 8", NOW), Desk(people=(KELLER,)), NOW)
    assert {one.starts.weekday() for one in offer.slots} <= {4, 0}


def test_whom_nobody_here_is_brings_no_slot():
    assert look_up(read_wish("a cardiologist", NOW), Desk(), NOW).slots == ()


MRI = VisitKind("k1", "MRI follow-up")
TALK = VisitKind("k2", "Follow-up talk")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("book an MRI follow-up", MRI),
        ("I need a follow up MRI on Friday", MRI),
        ("please book a folow-up talk with Dr. Keller", TALK),
        ("Ich brauche ein MRI-Follow-up am Freitag", MRI),
        ("book a visit", PLAIN),
        ("book a follow-up", PLAIN),
        ("an MRI follow-up and a follow-up talk", PLAIN),
    ],
)
def test_a_kind_of_visit_is_known_by_its_name(text, kind):
    assert kind_in(text, (MRI, TALK)) == kind


def test_times_of_the_named_kind_are_offered_said_and_kept_while_the_wish_changes():
    desk = Desk(kinds=(MRI, TALK))
    room = Room(None, desk, NOW)
    said = reply("book an MRI follow-up", room)
    assert {one.visit_type_id for one in said.slots} == {MRI.id}
    assert "for MRI follow-up" in " ".join(one.text for one in said.sentences)
    for text in ("later", "another day", "with another doctor", "on Friday"):
        history = [Turn("patient", "book"), Turn("assistant", "", said.topic)]
        again = reply(text, room, history=history)
        assert {one.visit_type_id for one in again.slots} == {MRI.id}, text
    plain = reply("book a visit", room)
    assert {one.visit_type_id for one in plain.slots} == {""}


def test_a_visit_is_moved_to_times_of_its_own_kind():
    mine = replace(visit("a1", 20, 10), visit_type_id=MRI.id)
    said = reply("move my appointment", Room(None, Desk(mine, kinds=(MRI,)), NOW))
    assert {one.visit_type_id for one in said.slots} == {MRI.id}
