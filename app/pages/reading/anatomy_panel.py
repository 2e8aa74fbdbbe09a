"""The volumes of a head: measured from here, read here, the way to each structure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSlider,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.pages.reading.anatomy_colours import BY_NAME
from app.pages.reading.anatomy_words import (
    ERROR_TIP,
    RESEARCH,
    SHARE_TIP,
    TITLES,
    AnatomyRow,
    as_csv,
    as_text,
    rows_of,
    words_of,
)
from app.widgets.buttons import button, tool
from app.widgets.messages import ProgressRow
from app.widgets.surfaces import Card, row, scrolled
from app.widgets.text import label
from app.workflow.orders import Order
from inference.pipeline.anatomy_outcome import AnatomyRun

NOT_YET = (
    "Not measured yet. On a 3-D T1 of the whole head the model gives the volumes of brain, "
    "ventricles and deep structures. It quantifies, it does not diagnose."
)
BEFORE = "The volumes below were measured before that was known."
_WIDTHS_PX = (50, 50, 58, 60)
_ROW_PX = 26


class AnatomyPanel(Card):
    """A button, a progress row in its place, the table with its sentences, and the overlay's look.

    ``chosen`` carries the label values of the structure a row or cell is about, the one to jump
    to first.
    """

    wanted = Signal()
    cancelled = Signal()
    closed = Signal()
    chosen = Signal(object)
    opacity = Signal(float)

    def __init__(self) -> None:
        super().__init__(name="anatomyPanel")
        self.column.setContentsMargins(12, 10, 12, 10)
        self.column.setSpacing(8)
        self._run: AnatomyRun | None = None
        self._sentences: tuple[str, ...] = ()
        self._rows: tuple[AnatomyRow, ...] = ()
        self.measure = button(
            "Measure anatomy", self.wanted.emit, name="anatomyMeasure", kind="primary"
        )
        self.progress = ProgressRow(name="anatomyProgress")
        self.progress.cancelled.connect(self.cancelled)
        self.said = label(NOT_YET, "muted", wrap=True)
        self.said.setObjectName("anatomySaid")
        self.here = label("", "caption")
        self.here.setObjectName("anatomyHere")
        self.table = self._table()
        self.words = label("", "caption", wrap=True)
        self.words.setObjectName("anatomyWords")
        self._arrange()
        self.show_run(None, ())

    def show_run(self, run: AnatomyRun | None, sentences: tuple[str, ...]) -> None:
        """Show a measuring, or that there is none; ``sentences`` are its percentiles."""
        self._run, self._sentences = run, sentences
        measured = run is not None and not run.reason
        self._rows = rows_of(run) if run is not None and measured else ()
        self._fill()
        self._result.setVisible(measured)
        self.said.setVisible(not measured)
        self.said.setText(NOT_YET if run is None else run.reason)
        if run is not None:
            self.words.setText("\n\n".join(words_of(run, sentences)))

    def allow(self, reason: str, *, may: bool) -> None:
        """Whether it may be measured now; where the series does not fit, ``reason`` says why."""
        self.measure.setEnabled(may and not reason)
        self.measure.setToolTip(reason or "Measure the volumes of this series")
        if reason:
            measured = self._run is not None and not self._run.reason
            self.said.setText(f"{reason} {BEFORE}" if measured else reason)
            self.said.show()

    def follow(self, order: Order | None, ended: str = "") -> None:
        """Show how far a measuring is; None shows that nothing runs, and why the last one ended."""
        if order is not None:
            self.measure.setEnabled(False)
            if self.progress.isHidden():
                self.progress.begin("Starting to measure…")
            self.progress.progress(order.fraction, order.text)
        elif not self.progress.isHidden():
            self.progress.end()
            self.measure.setEnabled(True)
        if ended:
            self.said.setText(ended)
            self.said.show()

    def show_here(self, name: str) -> None:
        """Say which structure the crosshair is on."""
        self.here.setText(f"At the crosshair: {name}" if name else "At the crosshair: none")

    def _fill(self) -> None:
        self.table.clearSpans()
        self.table.setRowCount(len(self._rows))
        for number, one in enumerate(self._rows):
            cells = (one.name, one.left or one.one, one.right, one.share, one.error)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(_tip(column, text))
                if column:
                    side = Qt.AlignmentFlag.AlignHCenter if one.one and column == 1 else None
                    item.setTextAlignment(
                        (side or Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter
                    )
                elif one.name in BY_NAME:
                    item.setIcon(_swatch(BY_NAME[one.name]))
                self.table.setItem(number, column, item)
            if one.one:
                self.table.setSpan(number, 1, 1, 2 if one.share else 4)
        height = self.table.horizontalHeader().sizeHint().height()
        self.table.setMaximumHeight(height + len(self._rows) * _ROW_PX + 4)

    def _jump(self, number: int, column: int) -> None:
        left, right = self._rows[number].values
        if left:
            self.chosen.emit((right, left) if column == 2 else (left, right))

    def _copy(self) -> None:
        if self._run is not None:
            QGuiApplication.clipboard().setText(as_text(self._run, self._sentences))

    def _copy_csv(self) -> None:
        if self._run is not None:
            QGuiApplication.clipboard().setText(as_csv(self._run))

    def _arrange(self) -> None:
        close = tool(
            "close", "Back to the report", self.closed.emit, name="anatomyClose", size_px=14
        )
        heading = label("Anatomy", "heading")
        self.column.addLayout(row(heading, QWidget(), self.measure, close, stretch=1))
        self.column.addWidget(self.progress)
        self.column.addWidget(self.said)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName("anatomyOpacity")
        slider.setAccessibleName("How strongly structures are filled")
        slider.setToolTip("How strongly structures are filled; Space hides everything")
        slider.setRange(0, 100)
        slider.setValue(35)
        slider.valueChanged.connect(lambda value: self.opacity.emit(value / 100))
        copies = [
            button(text, act, name=name, kind="quiet", tip=tip)
            for text, act, name, tip in (
                ("Copy", self._copy, "anatomyCopy", "Copy table and sentences as text"),
                ("CSV", self._copy_csv, "anatomyCsv", "Copy the table as CSV"),
            )
        ]
        self._result = QWidget()
        inner = QVBoxLayout(self._result)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addLayout(row(label("Fill", "caption"), slider, *copies, stretch=1))
        inner.addWidget(self.here)
        inner.addWidget(self.table, 3)
        inner.addWidget(scrolled(_held(self.words), name="anatomyScroll"), 2)
        inner.addWidget(label(RESEARCH, "strong", wrap=True))
        self.column.addWidget(self._result, 1)
        self.column.addStretch(0)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, len(TITLES))
        table.setObjectName("anatomyTable")
        table.setAccessibleName("Volumes by structure")
        for column, title in enumerate(TITLES):
            item = QTableWidgetItem(title)
            item.setToolTip({"Error": ERROR_TIP, "% ICV": SHARE_TIP}.get(title, title))
            table.setHorizontalHeaderItem(column, item)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        _size(header, _WIDTHS_PX)
        table.cellClicked.connect(self._jump)
        table.cellActivated.connect(self._jump)
        return table


def _size(header: QHeaderView, widths_px: Sequence[int]) -> None:
    for column, width in enumerate(widths_px, 1):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(column, width)


def _held(widget: QWidget) -> QWidget:
    holder = QWidget()
    inner = QVBoxLayout(holder)
    inner.setContentsMargins(0, 0, 8, 0)
    inner.addWidget(widget)
    inner.addStretch(1)
    return holder


def _tip(column: int, text: str) -> str:
    if column == len(TITLES) - 1 and text.startswith("±"):
        return f"within {text[1:]} in nine of ten synthetic heads"
    return text


def _swatch(colour: tuple[int, int, int]) -> QIcon:
    picture = QPixmap(10, 10)
    picture.fill(QColor(*colour))
    return QIcon(picture)
