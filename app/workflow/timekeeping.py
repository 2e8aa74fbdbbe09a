"""What is believed of this computer's clock (``scheduling.rules.leaps``), in the settings."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from app.records import SYSTEM
from app.storage.work import Storage, Work
from scheduling.rules.leaps import Belief, heard, judged
from sync.wire.values import canonical, parse

_BELIEF = "clock-belief"
_NOTE_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


def known_time(work: Work, now: datetime) -> datetime:
    """Return the time that is certain to have come: ``now``, or less after the clock leapt."""
    return judged(_kept(work), now).known(now)


def note_turn(storage: Storage, now: datetime) -> Belief:
    """Remember what the clock shows at a turn, and return what is believed of it."""
    with storage.begin(SYSTEM) as work:
        return _keep(work, judged(_kept(work), now))


def note_server(storage: Storage, now: datetime, server_time: datetime | None) -> None:
    """Let a server's clock settle whether a leap of this one is to be believed."""
    if server_time is None:
        return
    with storage.begin(SYSTEM) as work:
        _keep(work, heard(judged(_kept(work), now), now, server_time))


def _kept(work: Work) -> Belief:
    text = work.settings.get(_BELIEF)
    return parse(Belief, text) if text else Belief()


def _keep(work: Work, belief: Belief) -> Belief:
    """Write it if it says anything new; a clock that goes on is written each minute."""
    before = _kept(work)
    if belief.since is not None and before.since is None:
        log.warning("the clock leapt; until it is believed no message is given up for its time")
    if belief != before and not _hardly_on(before, belief):
        work.settings.put(_BELIEF, canonical(belief).decode())
    return belief


def _hardly_on(before: Belief, belief: Belief) -> bool:
    """Whether nothing happened but that less than a minute has gone by."""
    if before.seen is None or belief.seen is None or before.since != belief.since:
        return False
    return before.seen <= belief.seen < before.seen + _NOTE_EVERY
