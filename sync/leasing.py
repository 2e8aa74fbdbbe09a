"""A workstation's leased time: kept, renewed with the server, and whether it holds just now.

The server keeps a leased block for this workstation until the block is over, so a booking made in
it offline is final. Everything here fails towards "provisional": a clock that cannot be trusted,
news of the block not read yet, or a change on its way that the server may refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sync.engine import Bookmark, position
from sync.errors import NotAdmittedError, ServerRestoredError
from sync.ports import ReplicaShelf
from sync.records import MOST_LEASED, Block, Granted, Leases

RENEW_EVERY = timedelta(minutes=1)
MOST_SKEW = timedelta(minutes=5)
_NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LeaseBook:
    """What this workstation knows of leases.

    ``at`` is the server's clock at its last answer and ``local_at`` this machine's; ``seen`` is the
    latest this machine's clock has shown since.
    """

    at: datetime | None = None
    local_at: datetime | None = None
    seen: datetime | None = None
    mine: tuple[Granted, ...] = ()
    others: tuple[Block, ...] = ()


class LeaseLedger(Protocol):
    """What the books of a workstation say and keep, in one transaction."""

    @property
    def replica(self) -> ReplicaShelf: ...
    def book(self) -> LeaseBook: ...
    def keep(self, book: LeaseBook) -> None: ...

    def wanted(self, book: LeaseBook, now: datetime) -> tuple[Block, ...]:
        """Return the blocks this workstation would lease, what it has among them."""

    def unsent(self) -> tuple[Block, ...]:
        """Return what appointments hold whose last change the server has not taken yet."""


class LeaseBooks(Protocol):
    """Opens a ledger: commit on success, roll back on any exception."""

    def begin(self) -> AbstractContextManager[LeaseLedger]: ...


class Lessor(Protocol):
    """Asks one server for leases."""

    def lease(self, blocks: tuple[Block, ...], mark: str = "") -> Leases | None: ...


def renew(books: LeaseBooks, lessor: Lessor, now: datetime, every: timedelta = RENEW_EVERY) -> bool:
    """Ask for what is wanted and give the rest back; say whether anything new was granted.

    Nothing is asked before ``every`` has passed since the last answer.

    A block that is given back is given up here before the server hears of it, so that nothing is
    booked in it meanwhile. One that holds an unsent booking is kept, and nothing new is leased
    while anything is unsent. A server that was restored or no longer knows this workstation has
    no leases to honour.
    """
    with books.begin() as ledger:
        before = ledger.book()
        if before.local_at is not None and before.local_at <= now < before.local_at + every:
            return False
        asked = tuple(_asked(before, ledger.wanted(before, now), ledger.unsent(), now))[
            :MOST_LEASED
        ]
        held = tuple(one for one in before.mine if one.block in asked)
        ledger.keep(replace(before, mine=held))
        peer = ledger.replica.peer()
        mark = Bookmark.parse(peer.cursor).seen if peer else ""
    try:
        answer = lessor.lease(asked, mark)
    except (ServerRestoredError, NotAdmittedError):
        with books.begin() as ledger:
            ledger.keep(LeaseBook())
        raise
    with books.begin() as ledger:
        if answer is None:
            ledger.keep(LeaseBook())
            return False
        kept = tuple(one for one in answer.mine if one.block in asked)
        ledger.keep(LeaseBook(answer.at, now, now, kept, answer.others))
    return bool({one.block for one in kept} - {one.block for one in held})


def _asked(
    book: LeaseBook, wanted: Iterable[Block], unsent: tuple[Block, ...], now: datetime
) -> Iterator[Block]:
    needed = [one.block for one in book.mine if any(one.block.meets(each) for each in unsent)]
    yield from needed
    if clock_fault(book, now):
        return
    mine = [one.block for one in book.mine]
    for one in wanted:
        part = any(each.holds(one) for each in mine)
        if (part or not unsent) and not any(one.meets(each) for each in needed):
            yield one


def note_clock(books: LeaseBooks, now: datetime) -> None:
    """Remember how far this machine's clock has come, so that one set back is noticed."""
    with books.begin() as ledger:
        book = ledger.book()
        if book.mine and (book.seen is None or now > book.seen + _NOTE_EVERY):
            ledger.keep(replace(book, seen=now))


def clock_fault(book: LeaseBook, now: datetime) -> str:
    """Return in words why this machine's clock cannot be trusted with leases, or an empty text."""
    if book.at is None or book.local_at is None:
        return ""
    skew = book.at - book.local_at
    if abs(skew) > MOST_SKEW:
        minutes = round(abs(skew) / timedelta(minutes=1))
        return f"The clock of this workstation is {minutes} minutes off the server's."
    if now < book.local_at - MOST_SKEW or (book.seen and now < book.seen - MOST_SKEW):
        return "The clock of this workstation was set back."
    return ""


def usable(book: LeaseBook, cursor: str, now: datetime) -> tuple[Block, ...]:
    """Return the blocks in which a booking made now is final.

    Parameters
    ----------
    cursor
        ``Peer.cursor``: a block counts once everything before its grant has been read.
    now
        This machine's clock.
    """
    if book.at is None or book.local_at is None or clock_fault(book, now):
        return ()
    read = position(Bookmark.parse(cursor).read)
    time = now + (book.at - book.local_at)
    return tuple(
        one.block for one in book.mine if one.seq <= max(read, 0) and time < one.block.ends
    )


def covers(blocks: Iterable[Block], needed: Iterable[Block]) -> bool:
    """Whether each needed time lies wholly in one of the blocks."""
    known = tuple(blocks)
    return all(any(block.holds(one) for block in known) for one in needed)


def without(book: LeaseBook, gone: Iterable[Block]) -> LeaseBook:
    """Return the book with those times cut out of this workstation's blocks."""
    mine = list(book.mine)
    for one in gone:
        mine = [Granted(part, each.seq) for each in mine for part in _cut(each.block, one)]
    return replace(book, mine=tuple(mine))


def _cut(block: Block, gone: Block) -> Iterator[Block]:
    if not block.meets(gone):
        yield block
        return
    if block.starts < gone.starts:
        yield replace(block, ends=gone.starts)
    if gone.ends < block.ends:
        yield replace(block, starts=gone.ends)
