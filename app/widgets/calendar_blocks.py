"""What a calendar paints: blocks of time, bands behind them, columns; how blocks share a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from app.widgets import theme

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ROUND_FROM_PX = 20


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of local time in the lane of ``subject`` (empty: in every column of its day).

    ``hatched`` is provisional, ``hollow`` an offer, ``faint`` over and done with. ``mark`` is the
    icon of something a person must look at. ``movable`` ones can be dragged.
    """

    key: str
    starts: datetime
    ends: datetime
    text: str
    tone: str
    hatched: bool = False
    hollow: bool = False
    faint: bool = False
    subject: str = ""
    detail: str = ""
    mark: str = ""
    movable: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of local time behind the blocks: "working", "away", "closed", or "leased", a line.

    What is dragged into it begins a multiple of ``step`` minutes after its start.
    """

    starts: datetime
    ends: datetime
    kind: str
    subject: str = ""
    text: str = ""
    key: str = ""
    step: int = 15


@dataclass(frozen=True, slots=True)
class Column:
    """One day, of one subject where several stand side by side."""

    day: date
    title: str
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and where it is painted, in coordinates of the whole sheet."""

    rect: QRectF
    block: Block


@dataclass(frozen=True, slots=True)
class Drop:
    """Where a block was let go: local times, and the subject of the column."""

    key: str
    starts: datetime
    ends: datetime
    subject: str


def lanes(blocks: Sequence[Block]) -> dict[str, tuple[int, int]]:
    """Lane and number of lanes of each block of one day, so that none covers another."""
    placed: dict[str, tuple[int, int]] = {}
    group: list[tuple[Block, int]] = []
    ends: list[datetime] = []

    def close() -> None:
        placed.update({block.key: (lane, len(ends)) for block, lane in group})
        group.clear()
        ends.clear()

    for block in sorted(blocks, key=lambda one: (one.starts, one.ends)):
        if ends and block.starts >= max(ends):
            close()
        lane = next((n for n, end in enumerate(ends) if end <= block.starts), len(ends))
        if lane == len(ends):
            ends.append(block.ends)
        else:
            ends[lane] = block.ends
        group.append((block, lane))
    close()
    return placed


def week_of(day: date) -> tuple[date, ...]:
    """Seven days of a day's week, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=number) for number in range(7))


def words(block: Block) -> str:
    """Everything a block says, for its tooltip and for screen readers."""
    parts = (f"{block.starts:%H:%M}–{block.ends:%H:%M} {block.text}", block.detail)
    return "\n".join(part for part in parts if part)


def paint_block(
    painter: QPainter, rect: QRectF, block: Block, font: QFont, *, chosen: bool = False
) -> None:
    """Paint one block; its words as far as there is room."""
    current = theme.current()
    ink = current.colour("text_muted" if block.tone in {"muted", ""} else block.tone)
    pen = QPen(current.colour("focus") if chosen else ink, 2 if chosen else 1)
    if block.hollow and not chosen:
        pen.setColor(current.colour("line_strong"))
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    strength = 0.07 if block.faint else 0.22
    ground = _mixed(current.colour("surface"), ink, strength)
    painter.setBrush(Qt.BrushStyle.NoBrush if block.hollow else ground)
    if rect.width() < _ROUND_FROM_PX:
        painter.drawRect(rect)
    else:
        painter.drawRoundedRect(rect, 4, 4)
    if block.hatched:
        hatch = QColor(ink)
        hatch.setAlphaF(0.35)
        painter.fillRect(rect.adjusted(1, 1, -1, -1), QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    if not block.hollow:
        painter.fillRect(QRectF(rect.left(), rect.top() + 1, 4, rect.height() - 2), ink)
    _paint_words(painter, rect, block, font)


def _mixed(ground: QColor, ink: QColor, strength: float) -> QColor:
    """The ink over the ground as one solid colour: a block covers the lines behind it."""
    parts = zip(ground.getRgb()[:3], ink.getRgb()[:3], strict=True)  # type: ignore[index] # four
    return QColor(*(round(below + (over - below) * strength) for below, over in parts))


def _paint_words(painter: QPainter, rect: QRectF, block: Block, font: QFont) -> None:
    current = theme.current()
    caption = current.size("caption_px")
    room = rect.adjusted(8, 1, -4, -1)
    if room.width() < 12:
        return
    if block.mark and room.width() > 60:
        side = min(14.0, room.height())
        box = QRectF(room.right() - side, room.top() + 2, side, side)
        if rect.height() < 22:
            box.moveTop(rect.center().y() - side / 2)
        painter.drawPixmap(box.toRect(), theme.pixmap(block.mark, 14, "danger", _ratio(painter)))
        room.setRight(box.left() - 2)
    painter.setPen(current.colour("text_muted" if block.hollow or block.faint else "text"))
    sized = QFont(font)
    sized.setPixelSize(11 if rect.height() < 20 else caption)
    lines = [block.text]
    if rect.height() >= 2 * caption + 14:
        lines = [block.text, block.detail] if block.detail else [block.text]
    top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    height = room.height() if len(lines) == 1 and rect.height() < 40 else caption + 6
    for number, text in enumerate(lines):
        sized.setWeight(QFont.Weight.Normal if number or block.hollow else QFont.Weight.DemiBold)
        painter.setFont(sized)
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        box = QRectF(room.left(), room.top() + number * height, room.width(), height)
        painter.drawText(box, top, shown)
        painter.setPen(current.colour("text_muted"))


def _ratio(painter: QPainter) -> float:
    return painter.device().devicePixelRatioF()
