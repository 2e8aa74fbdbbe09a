"""A time or a doctor alone asks for a visit; a word that is neither leaves it to other rules."""

from __future__ import annotations

import pytest

from assistant.guarding.red_flags import Verdict
from assistant.guarding.routing import Intent
from assistant.tools.elliptic import leaves_out_the_wish
from assistant.understanding import intent_of, refused, verdict_of

WISHES = """
the 19th please
Tuesday works
Dr. Lindqvist, mornings
half past ten would be best
next week, mornings
the twenty third at nine fifteen
lunch hour, any day
anything with Dr Lindqvist?
neurologist please, Monday
Friday 13 July at 3 pm
tomorrow please
how about Friday?
10 o'clock is fine
weekends only
den 19. bitte
Dienstag ginge
halb elf wäre am besten
irgendwas bei Dr. Haddad?
nächste Woche, vormittags
Dr. Brandt, Ende des Monats
morgen bitte
wie wäre es mit dem 6.?
ich kann nur vormittags
Neurologie bitte
Frau Dr. Keller, Dienstag
"""
OTHERS = """
Good morning
morning!
Morgen!
Guten Abend
thanks, Dr Keller
Hello Dr. Keller
Dr. Keller?
today
this morning
the second?
10
12 mm
on the left
in 2019?
not Friday
Friday doesn't work
to Friday please
auf Freitag
bis Dienstag
last Tuesday
since Tuesday
seit Dienstag
cancel Friday
my Friday
Is it Friday?
do I have anything on Friday
mein Termin am Freitag
heute geht es mir gut
I died on Friday
my arm is numb, Friday please
Neurologie?
please
ja
"""


@pytest.mark.parametrize("text", WISHES.strip().splitlines())
def test_a_time_or_a_doctor_alone_is_a_wish_for_a_visit(text):
    assert leaves_out_the_wish(text)
    assert verdict_of(text) is Verdict.NONE
    assert refused(text) is None
    assert intent_of(text).intent is Intent.BOOK
    assert intent_of(text).sure


@pytest.mark.parametrize("text", OTHERS.strip().splitlines())
def test_one_other_word_a_denial_or_a_greeting_is_left_to_other_rules(text):
    assert not leaves_out_the_wish(text)
