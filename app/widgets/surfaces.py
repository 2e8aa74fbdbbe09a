"""Cards, lines and places to drop files on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.text import label


class Card(QFrame):
    """A raised surface with a column of widgets and an optional heading."""

    def __init__(self, heading: str = "", *, name: str = "card") -> None:
        super().__init__()
        self.setObjectName(name)
        theme.set_role(self, "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(12)
        if heading:
            self.column.addWidget(label(heading, "heading"))

    def minimumSizeHint(self) -> QSize:
        """Leave room for wrapped text at a fixed width, so that no field is squeezed."""
        hint = super().minimumSizeHint()
        if self.minimumWidth() == self.maximumWidth():
            hint.setHeight(max(hint.height(), self.column.totalHeightForWidth(self.minimumWidth())))
        return hint


class Line(QFrame):
    """A thin horizontal rule."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_role(self, "line")


class DropZone(QFrame):
    """A surface that takes files and folders; ``dropped`` carries a tuple of paths."""

    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, name: str = "drop") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files and folders only."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.highlight(wanted=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the hover."""
        self.highlight(wanted=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over what was dropped."""
        self.highlight(wanted=False)
        urls = event.mimeData().urls()
        paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
        event.acceptProposedAction()
        if paths:
            self.dropped.emit(paths)

    def highlight(self, *, wanted: bool) -> None:
        """Show that letting go here does something."""
        theme.set_role(self, "drop" if wanted else "", "accent" if wanted else "")


def row(*widgets: QWidget, spacing: int = 8, stretch: int = -1) -> QHBoxLayout:
    """Widgets side by side; the one at index ``stretch`` takes what is left."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for index, widget in enumerate(widgets):
        made.addWidget(widget, 1 if index == stretch else 0)
    return made


def in_the_middle(content: QWidget, widest_px: int) -> QWidget:
    """Content that takes the width there is up to a limit, and then stands in the middle."""
    content.setMaximumWidth(widest_px)
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addStretch(1)
    line.addWidget(content, widest_px)
    line.addStretch(1)
    return holder


def beside_the_bar(area: QScrollArea, *holders: QWidget) -> None:
    """Keep what stands above and below an area in line with its content while its bar shows."""
    bar = area.verticalScrollBar()

    def follow(_least: int, most: int) -> None:
        right = bar.sizeHint().width() if most > 0 else 0
        for holder in holders:
            if (line := holder.layout()) is not None:
                line.setContentsMargins(0, 0, right, 0)

    bar.rangeChanged.connect(follow)


def tab_through(first: QWidget, inside: QWidget, last: QWidget) -> None:
    """Let Tab go from a widget through what can be used in another, in order, to a last one."""
    by_tab = Qt.FocusPolicy.TabFocus
    before = first
    for one in inside.findChildren(QWidget):
        if one.focusPolicy() & by_tab == by_tab and one.window() is first.window():
            QWidget.setTabOrder(before, one)
            before = one
    QWidget.setTabOrder(before, last)


def scrolled(content: QWidget, *, name: str, by_key: bool = False) -> QScrollArea:
    """Content that scrolls up and down only when it must; ``by_key`` if Tab stops there."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus if by_key else Qt.FocusPolicy.NoFocus)
    if by_key:
        theme.set_role(area, "reachable")
    area.setWidget(_Elastic(content) if content.layout() is not None else content)
    return area


def lay_out_again(area: QScrollArea) -> None:
    """Ask an area anew for its size: wrapped labels know their height only once they are shown."""
    QTimer.singleShot(
        0, area, lambda: QCoreApplication.postEvent(area, QEvent(QEvent.Type.LayoutRequest))
    )


class _Elastic(QWidget):
    """Takes any width; its height then follows from how its text wraps."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(content)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)
