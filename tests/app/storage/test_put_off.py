"""Claims about messages put off by a wrong clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.records import SYSTEM
from app.storage.work import Storage
from scheduling.records import NoticeState
from tests.app.storage.records import APPOINTMENT, NOTICE


def test_a_message_put_off_by_a_clock_a_year_ahead_is_due_when_the_clock_is_right(
    storage: Storage,
) -> None:
    now = NOTICE.due_at + timedelta(minutes=1)
    planned = replace(NOTICE, state=NoticeState.PLANNED)
    with storage.begin(SYSTEM) as work:
        work.appointments.put(APPOINTMENT)
        work.notices.put(replace(planned, next_try_at=now + timedelta(days=365)))
        assert [one.id for one in work.notices.due(now)] == [NOTICE.id]
        work.notices.update(replace(planned, next_try_at=now + timedelta(hours=12)))
        assert work.notices.due(now) == ()
