"""How people ask for a time, in English and German, with what they mean.

Seen from Wednesday 18 March 2026, 09:30. Written to develop the grammar by; what is claimed of it
elsewhere is measured on sentences nobody tuned it to. A line holds the words, the days, and the
hours where they name any. ``-`` before or behind ``..`` is open; days after ``@`` are the only
weekdays that fit, Monday is 0.
"""

ENGLISH = """
I'd like an appointment tomorrow | 03-19
can I come the day after tomorrow | 03-20
who is on duty the day after tomorrow in the morning | 03-20 | -..12:00
is anything free today | 03-18
do you have something this afternoon | 03-18 | 12:00..18:00
could I come tonight | 03-18 | 17:00..-
book me in for Friday | 03-20
an appointment on Monday please | 03-23
next Tuesday would suit me | 03-24
next Friday at ten | 03-27 | 10:00..11:00
this Friday in the afternoon | 03-20 | 12:00..18:00
the coming Saturday | 03-21
the 19th | 03-19
the 19th would be good | 03-19
on the 3rd | 04-03
on the 25th at 3 pm | 03-25 | 15:00..16:00
on the twenty-third | 03-23
20 March | 03-20
March 20th in the morning | 03-20 | -..12:00
the 24th of March at 11:15 | 03-24 | 11:15..12:15
April 2 | 04-02
on April 2nd, 2026 | 04-02
2026-04-02 | 04-02
on 20/3/2026 | 03-20
on 20.3.2026 at 14:00 | 03-20 | 14:00..15:00
on 3/24/2026 | 03-24
on 1/4 | 04-01
at half past three in the afternoon | 03-18..- | 15:30..16:30
tomorrow at half past three in the afternoon | 03-19 | 15:30..16:30
tomorrow at half past nine | 03-19 | 09:30..10:30
Friday at quarter past ten | 03-20 | 10:15..11:15
Friday at a quarter to four | 03-20 | 15:45..16:45
tomorrow at ten past three | 03-19 | 15:10..16:10
at noon on Monday | 03-23 | 12:00..13:00
tomorrow around lunch time | 03-19 | 11:30..14:00
tomorrow after 2 pm | 03-19 | 14:00..-
any time after 4 pm on Thursday | 03-19 | 16:00..-
not before 10 am tomorrow | 03-19 | 10:00..-
before 10 on Monday | 03-23 | -..10:00
Monday by noon | 03-23 | -..12:00
around 3 pm on Friday | 03-20 | 14:30..16:00
between 2 and 4 pm on Monday | 03-23 | 14:00..16:00
from 9 to 11 on Tuesday | 03-24 | 09:00..11:00
between 10 and 12 tomorrow | 03-19 | 10:00..12:00
between 11 am and 1 pm on Friday | 03-20 | 11:00..13:00
between 18 and 20 March | 03-18..03-20
between the 23rd and the 25th | 03-23..03-25
between March 23 and 27 | 03-23..03-27
from 23 to 27 March in the afternoon | 03-23..03-27 | 12:00..18:00
from the 23rd to the 27th of March | 03-23..03-27
between Monday and Wednesday | 03-23..03-25
Monday to Wednesday mornings | 03-23..03-25 | -..12:00
Monday or Wednesday | 03-23..03-25 @0,2
today or tomorrow | 03-18..03-19
tomorrow or Friday after three o'clock | 03-19..03-20 | 15:00..-
next week | 03-23..03-29
next week on Thursday | 03-26
Thursday next week in the morning | 03-26 | -..12:00
early next week | 03-23..03-24
late next week | 03-26..03-29
the week after next | 03-30..04-05
this week | 03-18..03-22
some time this week, in the late afternoon | 03-18..03-22 | 15:00..18:00
next month | 04-01..04-30
at the end of the month | 03-21..03-31
at the beginning of April | 04-01..04-10
mid April | 04-11..04-20
end of April | 04-21..04-30
sometime in April | 04-01..04-30
in May | 05-01..05-31
in two weeks | 04-01..04-07
in a week | 03-25..03-31
in three days | 03-21
in a fortnight | 04-01..04-07
in a month | 04-18..04-24
in two weeks on Monday | 03-30
within the next 3 days | 03-18..03-21
within two weeks | 03-18..04-01
in the next ten days | 03-18..03-28
over the next couple of weeks | 03-18..04-01
after Friday | 03-21..-
after the 25th | 03-26..-
from Monday on | 03-23..-
from next week | 03-23..-
before the 24th | 03-18..03-24
by Friday | 03-18..03-20
until the end of March | 03-18..03-31
any Friday | 03-18..- @4
on Mondays after 4 pm | 03-18..- @0 | 16:00..-
every Tuesday or whenever, at 9 am | 03-18..- @1 | 09:00..10:00
on a weekday in the evening | 03-18..- @0,1,2,3,4 | 17:00..-
at the weekend | 03-21..03-22
next weekend | 03-28..03-29
not on Friday | 03-18..- @0,1,2,3,5,6
next week but not on Monday | 03-23..03-29 @1,2,3,4,5,6
Monday does not work for me, but Tuesday morning | 03-24 @1,2,3,4,5,6 | -..12:00
not in the morning, on Thursday | 03-19 | 12:00..-
Friday the 27th of March at 9 | 03-27 | 09:00..10:00
Friday, 27 March, 9.30 am | 03-27 | 09:30..10:30
on Thu at 4pm | 03-19 | 16:00..17:00
first thing on Monday | 03-23 | -..10:00
tomorrow at eleven o'clock | 03-19 | 11:00..12:00
3:30 tomorrow | 03-19 | 15:30..16:30
tomorrow 8 am | 03-19 | 08:00..09:00
at seven thirty | 03-18..- | 07:30..08:30
5 January | 2027-01-05
on 29 February | none
as soon as possible | none
the earliest you have | none
I have had two scans already | none
my second visit | none
Monday week | 03-30
a week on Tuesday at 2 o'clock | 03-31 | 14:00..15:00
calendar week 14 | 03-30..04-05
could you squeeze me in on Thursday before lunch | 03-19 | -..12:00
I'm free on the 26th and the 27th | 03-26..03-27
Any chance of seeing someone the day after tomorrow around half ten? | 03-20 | 10:00..11:30
Tues 24 March 2pm | 03-24 | 14:00..15:00
sometime between Easter and May | none
can we do 8:15 on the 30th | 03-30 | 08:15..09:15
early next month | 04-01..04-10
tomorrow at five to nine | 03-19 | 08:55..09:55
in about ten days | 03-28
a Monday or a Tuesday, mornings only | 03-23..03-24 | -..12:00
Saturday morning if possible | 03-21 | -..12:00
within a month | 03-18..04-18
from 1 April onwards | 04-01..-
no later than the 31st | 03-18..03-31
next Monday, but after 11 | 03-23 | 11:00..-
by the end of next week | 03-18..03-29
please move it to Friday | 03-20
can you move my appointment to the 27th | 03-27
move it from Thursday to Friday | 03-20
move my Monday visit to Wednesday at 10 am | 03-25 | 10:00..11:00
change my Friday visit to the afternoon | 03-20 | 12:00..18:00
I'd like to switch from Monday to Wednesday | 03-25
put it off to next Thursday | 03-26
postpone it until the 30th | 03-30
bring it forward to tomorrow | 03-19
I must reschedule, I am free from Monday to Wednesday | 03-23..03-25
in two weeks' time | 04-01..04-07
in three days' time | 03-21
in a fortnight's time | 04-01..04-07
in a month's time | 04-18..04-24
a fortnight from now | 04-01..04-07
three weeks from today | 04-08
a week from Friday | 03-27
a week tomorrow | 03-26
the day after the 24th | 03-25
any time in the next fortnight | 03-18..04-01
on Monday in two weeks' time | 03-30
the week of the 6th of April | 04-06..04-12
week commencing 13 April | 04-13..04-19
in the week of the 23rd, mornings | 03-23..03-29 | -..12:00
before the last week of March | 03-18..03-31
the last Friday in March | 03-27
the first week of April | 04-01..04-07
the second Monday of April | 04-13
same day next week | 03-25
on the same day the following week at 9 am | 03-25 | 09:00..10:00
Friday at the latest | 03-18..03-20
not any later than the 27th | 03-18..03-27
no later then Friday | 03-18..03-20
on Friday, at 4 at the latest | 03-20 | -..16:00
in no more than ten days | 03-18..03-28
on or after the 24th | 03-24..-
no sooner than the 24th | 03-24..-
after the 25th but before the 31st | 03-26..03-31
early in May | 05-01..05-10
at the end of the week | 03-19..03-22
"""

GERMAN = """
ich hätte gern morgen einen Termin | 03-19
geht es übermorgen | 03-20
übermorgen vormittags | 03-20 | -..12:00
morgen früh um acht | 03-19 | 08:00..09:00
heute noch | 03-18
heute Nachmittag | 03-18 | 12:00..18:00
heute Abend | 03-18 | 17:00..-
morgen Nachmittag | 03-19 | 12:00..18:00
am Freitag | 03-20
am Montag bitte | 03-23
nächsten Dienstag | 03-24
nächsten Dienstag um halb vier | 03-24 | 15:30..16:30
diesen Freitag nachmittags | 03-20 | 12:00..18:00
kommenden Freitag | 03-20
am Samstag | 03-21
am 19. | 03-19
passt der 19.? | 03-19
am 3. um 10 Uhr | 04-03 | 10:00..11:00
am neunzehnten | 03-19
am dreiundzwanzigsten vormittags | 03-23 | -..12:00
am 20. März | 03-20
20. März, vormittags | 03-20 | -..12:00
am 24. März um 11.15 Uhr | 03-24 | 11:15..12:15
am 2. April 2026 | 04-02
2.4.2026 | 04-02
am 20.3. um 14 Uhr | 03-20 | 14:00..15:00
am 20.03.26 | 03-20
am zweiten April | 04-02
halb vier | 03-18..- | 15:30..16:30
morgen um halb zehn | 03-19 | 09:30..10:30
Freitag um viertel nach zehn | 03-20 | 10:15..11:15
Freitag viertel vor vier | 03-20 | 15:45..16:45
morgen um dreiviertel vier | 03-19 | 15:45..16:45
morgen um zehn nach drei | 03-19 | 15:10..16:10
morgen um drei | 03-19 | 15:00..16:00
morgen um 15 Uhr 30 | 03-19 | 15:30..16:30
am Montag um 12 Uhr | 03-23 | 12:00..13:00
morgen mittags | 03-19 | 11:30..14:00
morgen nach 14 Uhr | 03-19 | 14:00..-
am Donnerstag ab 16 Uhr | 03-19 | 16:00..-
morgen nicht vor 10 Uhr | 03-19 | 10:00..-
am Montag vor zehn Uhr | 03-23 | -..10:00
Montag bis 12 Uhr | 03-23 | -..12:00
gegen 15 Uhr am Freitag | 03-20 | 14:30..16:00
am Montag zwischen 14 und 16 Uhr | 03-23 | 14:00..16:00
Dienstag von 9 bis 11 | 03-24 | 09:00..11:00
am Freitag von 11 Uhr bis 13 Uhr | 03-20 | 11:00..13:00
zwischen 18. und 20. März | 03-18..03-20
zwischen dem 18. und dem 20. März | 03-18..03-20
zwischen dem 23. und 25. | 03-23..03-25
vom 23. bis 27. März nachmittags | 03-23..03-27 | 12:00..18:00
18.3. bis 20.3. | 03-18..03-20
von Montag bis Mittwoch | 03-23..03-25
zwischen Montag und Mittwoch vormittags | 03-23..03-25 | -..12:00
Montag oder Mittwoch | 03-23..03-25 @0,2
heute oder morgen | 03-18..03-19
nächste Woche | 03-23..03-29
nächste Woche Donnerstag | 03-26
nächste Woche am Donnerstag vormittags | 03-26 | -..12:00
Donnerstag nächster Woche | 03-26
in der nächsten Woche | 03-23..03-29
Anfang nächster Woche | 03-23..03-24
Ende nächster Woche | 03-26..03-29
übernächste Woche | 03-30..04-05
diese Woche noch | 03-18..03-22
nächsten Monat | 04-01..04-30
Ende des Monats | 03-21..03-31
Anfang April | 04-01..04-10
Mitte April | 04-11..04-20
Ende April | 04-21..04-30
im April | 04-01..04-30
im Mai | 05-01..05-31
in drei Wochen | 04-08..04-14
in zwei Wochen | 04-01..04-07
in einer Woche | 03-25..03-31
in 3 Tagen | 03-21
in einem Monat | 04-18..04-24
in zwei Wochen am Montag | 03-30
Montag in zwei Wochen | 03-30
in den nächsten drei Tagen | 03-18..03-21
innerhalb von zwei Wochen | 03-18..04-01
nach Freitag | 03-21..-
nach dem 25. | 03-26..-
ab Montag | 03-23..-
ab nächster Woche | 03-23..-
vor dem 24. | 03-18..03-24
bis Freitag | 03-18..03-20
bis spätestens Freitag | 03-18..03-20
freitags | 03-18..- @4
jeden Montag nach 16 Uhr | 03-18..- @0 | 16:00..-
an einem Werktag abends | 03-18..- @0,1,2,3,4 | 17:00..-
am Wochenende | 03-21..03-22
nächstes Wochenende | 03-28..03-29
nicht am Freitag | 03-18..- @0,1,2,3,5,6
nächste Woche, aber nicht am Montag | 03-23..03-29 @1,2,3,4,5,6
Montag geht nicht, aber Dienstag vormittags | 03-24 @1,2,3,4,5,6 | -..12:00
Donnerstag, aber nicht vormittags | 03-19 | 12:00..-
Freitag, den 27. März um 9 Uhr | 03-27 | 09:00..10:00
Dienstagvormittag | 03-24 | -..12:00
am Freitagnachmittag nach drei | 03-20 | 15:00..-
Montag früh | 03-23 | -..12:00
am späten Nachmittag, Freitag | 03-20 | 15:00..18:00
5. Januar | 2027-01-05
am 30. Februar | none
so bald wie möglich | none
der nächste freie Termin | none
ich hatte schon zwei Termine | none
mein dritter Termin | none
KW 14 | 03-30..04-05
ginge es am Donnerstag vor dem Mittag | 03-19 | -..12:00
ich hätte am 26. oder 27. Zeit | 03-26..03-27
übermorgen so gegen halb elf | 03-20 | 10:00..11:30
Di, 24.3., 14 Uhr | 03-24 | 14:00..15:00
am 30. um Viertel nach acht | 03-30 | 08:15..09:15
Anfang nächsten Monats | 04-01..04-10
morgen um fünf vor neun | 03-19 | 08:55..09:55
in etwa zehn Tagen | 03-28
Montags oder dienstags vormittags | 03-18..- @0,1 | -..12:00
Samstagvormittag, wenn möglich | 03-21 | -..12:00
nach der Arbeit am Mittwoch, um 17.30 Uhr | 03-25 | 17:30..18:30
innerhalb eines Monats | 03-18..04-18
ab dem 1. April | 04-01..-
spätestens am 31. | 03-18..03-31
nächsten Montag, aber erst nach elf | 03-23 | 11:00..-
bis Ende nächster Woche | 03-18..03-29
kommende Woche Mittwoch um 9 | 03-25 | 09:00..10:00
bitte auf Freitag verschieben | 03-20
von Montag auf Mittwoch verlegen | 03-25
vom 20. auf den 24. verlegen | 03-24
den Freitagstermin auf 15 Uhr verlegen | 03-20 | 15:00..16:00
kann ich von 10 auf 14 Uhr umbuchen | 03-18..- | 14:00..15:00
heute in zwei Wochen | 04-01
morgen in einer Woche | 03-26
in der Woche vom 6. April | 04-06..04-12
die Woche ab dem 30. März | 03-30..04-05
in der ersten Aprilwoche | 04-01..04-07
letzte Woche im März | 03-25..03-31
am selben Tag nächste Woche | 03-25
am gleichen Tag eine Woche später | 03-25
bis spätestens 27. | 03-18..03-27
allerspätestens am Freitag | 03-18..03-20
nicht später als Freitag | 03-18..03-20
nicht später als 15 Uhr | 03-18..- | -..15:00
Ende der Woche | 03-19..03-22
jeder Tag bis auf Freitag | 03-18..- @0,1,2,3,5,6
"""
