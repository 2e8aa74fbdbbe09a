"""A clock that leapt: what nobody may conclude from it until it has stayed where it is.

A computer whose clock is a year ahead for one moment would find that every visit is over and give
up every message about one. So the last time that was believed is kept; one that lies far past it
is believed only after the clock has stayed there for a while, or when somebody else's clock agrees.
After a night or a holiday that costs a few minutes, in which nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LEAP = timedelta(hours=2)
"""A clock that went on by more than this, without a turn in between, leapt."""

PROOF = timedelta(minutes=10)
"""How long a clock has to stay where it leapt to before it is believed."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of this machine's clock.

    ``seen`` is the last time that was believed, None before the first turn. ``since`` is what the
    clock first showed after a leap that is not believed yet, None while there is no doubt.
    """

    seen: datetime | None = None
    since: datetime | None = None

    @property
    def doubted(self) -> datetime | None:
        """The last time that was believed while the clock is in doubt, else None."""
        return None if self.since is None else self.seen

    def known(self, now: datetime) -> datetime:
        """Return the time that is certain to have come; ``now`` while there is no doubt."""
        return min(now, self.doubted) if self.doubted is not None else now


def judged(belief: Belief, now: datetime) -> Belief:
    """Return what is believed once the clock shows ``now``.

    A clock that goes back, or on by no more than `LEAP`, is believed. After a leap it must be
    seen again, at least `PROOF` and at most `LEAP` later; one that leaps again begins anew.
    """
    if belief.seen is None or now <= belief.seen + LEAP:
        return Belief(now)
    since = belief.since
    if since is None or not since <= now <= since + LEAP:
        return replace(belief, since=now)
    return Belief(now) if now >= since + PROOF else belief


def heard(belief: Belief, now: datetime, other: datetime) -> Belief:
    """Return what is believed after a server's clock showed ``other`` at ``now``.

    Only a doubt is settled. A server that agrees ends it. One that shows less, but no less than
    was believed before the leap, is right: its time is what is believed, and the proof begins anew.
    What else it shows says nothing.
    """
    if belief.seen is None or belief.since is None:
        return belief
    if abs(other - now) <= LEAP:
        return Belief(now)
    if belief.seen <= other < now:
        return Belief(other, now)
    return belief
