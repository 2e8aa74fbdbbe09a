"""Small charts drawn with plain Qt painting in the theme's colours; they know no medicine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets import theme

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 40, 12, 10, 22
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Point:
    """One value over a label, with its interval; ``value`` None leaves a gap."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    tone: str = "accent"


class Chart(QWidget):
    """A frame with room for axis labels; a subclass paints what is inside."""

    def __init__(self, *, name: str, says: str, height_px: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(says)
        self._height_px = height_px
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(280, self._height_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._height_px)

    @property
    def inside(self) -> QRectF:
        """Where values are drawn, in widget coordinates."""
        area = QRectF(self.rect())
        return area.adjusted(_LEFT_PX, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chart in small type."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(self.font())
        small.setPixelSize(theme.current().size("caption_px"))
        painter.setFont(small)
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Paint what is inside."""

    def across(self, painter: QPainter, share: float, text: str, colour: str = "line") -> None:
        """Paint a line across at a share of the height (0 is the bottom), with its label."""
        area, colours = self.inside, theme.current()
        y = area.bottom() - share * area.height()
        painter.setPen(QPen(colours.colour(colour), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(colours.colour("text_muted"))
        painter.drawText(QRectF(0, y - 8, _LEFT_PX - 6, 16), _RIGHT, text)

    def below(self, painter: QPainter, x: float, text: str) -> None:
        """Paint a label under the frame, moved inwards where it would be cut."""
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 4
        left = min(max(x - width / 2, 0.0), self.width() - width)
        painter.setPen(theme.current().colour("text_muted"))
        painter.drawText(QRectF(left, self.inside.bottom() + 4, width, 16), _CENTRE, text)


class TrendChart(Chart):
    """Shares (0..1) in order of time, with their intervals and perhaps a limit."""

    def __init__(self, *, name: str, says: str, height_px: int = 132) -> None:
        super().__init__(name=name, says=says, height_px=height_px)
        self._points: tuple[Point, ...] = ()
        self._limit: float | None = None
        self._none = "Nothing counted yet."

    def show_points(
        self, points: Sequence[Point], *, limit: float | None = None, none: str = ""
    ) -> None:
        """Show these; ``none`` is said where there is nothing to show."""
        self._points, self._limit = tuple(points), limit
        self._none = none or self._none
        self.update()

    @property
    def points(self) -> tuple[Point, ...]:
        """What is shown."""
        return self._points

    def draw(self, painter: QPainter) -> None:
        known = [one for one in self._points if one.value is not None]
        if not known:
            painter.setPen(theme.current().colour("text_muted"))
            painter.drawText(QRectF(self.rect()), _CENTRE, self._none)
            return
        highest = max(one.high if one.high is not None else one.value or 0.0 for one in known)
        top = next((step for step in (0.1, 0.25, 0.5, 1.0) if highest <= step), 1.0)
        for share in (0.0, 0.5, 1.0):
            self.across(painter, share, f"{100 * share * top:.3g} %")
        if self._limit is not None and self._limit <= top:
            self.across(painter, self._limit / top, f"{100 * self._limit:.0f} %", "warning")
        self._marks(painter, top)

    def _marks(self, painter: QPainter, top: float) -> None:
        area, colours = self.inside, theme.current()
        step = area.width() / len(self._points)
        every = max(1, round(64 / step))
        before: QPointF | None = None
        for number, one in enumerate(self._points):
            x = area.left() + (number + 0.5) * step
            if (len(self._points) - 1 - number) % every == 0:
                self.below(painter, x, one.label)
            if one.value is None:
                before = None
                continue
            here = QPointF(x, area.bottom() - one.value / top * area.height())
            painter.setPen(QPen(colours.colour("accent", 0.5), 1.5))
            if before is not None:
                painter.drawLine(before, here)
            if one.low is not None and one.high is not None:
                painter.setPen(QPen(colours.colour("text_muted", 0.7), 1))
                low, high = (
                    area.bottom() - end / top * area.height() for end in (one.low, one.high)
                )
                painter.drawLine(QPointF(x, low), QPointF(x, high))
            _dot(painter, here, colours.colour(one.tone))
            before = here


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What was said (x), what came out (y), and from how many."""

    x: float
    y: float
    count: int
    low: float
    high: float
    solid: bool = True


class CurveChart(Chart):
    """What came out against what was said, both 0..1, with the line of being right; counts below.

    A hollow point rests on too few cases to be believed.
    """

    def __init__(self, *, name: str, says: str, height_px: int = 220) -> None:
        super().__init__(name=name, says=says, height_px=height_px)
        self._points: tuple[CurvePoint, ...] = ()

    def show_points(self, points: Sequence[CurvePoint]) -> None:
        """Show these points from left to right."""
        self._points = tuple(sorted(points, key=lambda one: one.x))
        self.update()

    def draw(self, painter: QPainter) -> None:
        area, colours = self.inside, theme.current()
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            self.across(painter, share, f"{100 * share:.0f} %")
            self.below(painter, area.left() + share * area.width(), f"{100 * share:.0f} %")
        painter.setPen(QPen(colours.colour("line_strong"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())
        self._columns(painter, area)
        before: QPointF | None = None
        for one in self._points:
            here = _at(area, one.x, one.y)
            painter.setPen(QPen(colours.colour("text_muted", 0.7), 1))
            painter.drawLine(_at(area, one.x, one.low), _at(area, one.x, one.high))
            painter.setPen(QPen(colours.colour("accent", 0.6), 1.5))
            if before is not None:
                painter.drawLine(before, here)
            before = here
        for one in self._points:
            _dot(painter, _at(area, one.x, one.y), colours.colour("accent"), solid=one.solid)

    def _columns(self, painter: QPainter, area: QRectF) -> None:
        """The number of cases behind each point, as a column and in figures."""
        colours, most = theme.current(), max((one.count for one in self._points), default=1)
        written: list[QRectF] = []
        for one in self._points:
            height = area.height() * 0.25 * one.count / most
            x = area.left() + one.x * area.width()
            column = QRectF(x - 7, area.bottom() - height, 14, height)
            painter.fillRect(column, colours.colour("accent", 0.25))
            text = f"{one.count:,}"
            width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 4
            left = min(max(x - width / 2, area.left()), area.right() - width)
            place = QRectF(left, column.top() - 16, width, 14)
            while any(place.intersects(other) for other in written):
                place.translate(0, -14)
            written.append(place)
            painter.setPen(colours.colour("text_muted"))
            painter.drawText(place, _CENTRE, text)


class BarList(QWidget):
    """Words with a bar and a count each, the longest bar first."""

    def __init__(self, *, name: str, says: str, most: int = 8) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(says)
        self._most = most
        self._bars: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: Sequence[tuple[str, int]]) -> None:
        """Show these; what is beyond the room is one last bar."""
        shown = list(bars[: self._most])
        rest = bars[self._most :]
        if rest:
            shown.append((f"{len(rest)} other reasons", sum(count for _, count in rest)))
        self._bars = tuple(shown)
        self.setToolTip("\n".join(f"{count:,}  {text}" for text, count in bars))
        self.updateGeometry()
        self.update()

    @property
    def bars(self) -> tuple[tuple[str, int], ...]:
        """What is shown."""
        return self._bars

    def sizeHint(self) -> QSize:
        return QSize(280, 38 * len(self._bars))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 38 * len(self._bars))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words above their bar, the count at its right."""
        painter, colours = QPainter(self), theme.current()
        longest = max((count for _, count in self._bars), default=1)
        metrics = QFontMetricsF(painter.font())
        for number, (text, count) in enumerate(self._bars):
            row = QRectF(0, 38 * number, self.width(), 38)
            figure = f"{count:,}"
            room = row.width() - metrics.horizontalAdvance(figure) - 16
            words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            line = QRectF(0, row.top() + 4, row.width(), 18)
            painter.setPen(colours.colour("text"))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
            painter.drawText(line, _RIGHT, figure)
            bar = QRectF(0, row.top() + 25, row.width(), 5)
            painter.fillRect(bar, colours.colour("hover"))
            bar.setWidth(max(2.0, row.width() * count / longest))
            painter.fillRect(bar, colours.colour("accent"))


def _at(area: QRectF, x: float, y: float) -> QPointF:
    return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())


def _dot(painter: QPainter, at: QPointF, colour: QColor, *, solid: bool = True) -> None:
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(colour if solid else theme.current().colour("surface"))
    painter.drawEllipse(at, 3.5, 3.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
