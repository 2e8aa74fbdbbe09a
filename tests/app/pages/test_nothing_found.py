"""Claims about “nothing found”: grey, with how much the model finds, and never a green tick."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import app
from app.pages.reading.analysis_bar import AnalysisBar
from app.pages.worklist_columns import columns
from app.records import NOTHING_SUSPECTED, Urgency, WorklistEntry, WorklistStatus
from app.widgets import theme
from app.widgets.table import TONE, Table
from app.widgets.text import Badge, IconLabel
from inference.records import ModelCard, Run, RunOutcome

ROOT = Path(app.__file__).parents[1]
WEIGHTS = "ab" * 32
CARD = ModelCard(
    "tumour", "1", WEIGHTS, "tests", "nothing",
    {"sensitivity": 0.94, "sensitivity_low": 0.91, "sensitivity_high": 0.96}, (),
)  # fmt: skip
RUN = Run(
    "r", "1", "1.1", "tumour", "1", WEIGHTS, "CPU", datetime(2026, 1, 5, tzinfo=UTC), 2.0,
    RunOutcome.NOTHING_SUSPECTED,
)  # fmt: skip
ENTRY = WorklistEntry(
    "1", "p", "Canary, Zoe", "M-1", None, "F", date(2026, 1, 5), "MRI head", "MR", 1,
    datetime(2026, 1, 5, tzinfo=UTC), WorklistStatus.UNREAD, Urgency.QUIET, NOTHING_SUSPECTED,
    False,
)  # fmt: skip
QUIET = ("NOTHING_SUSPECTED", "QUIET", "nothing_suspected")
TICKS = "✓✔☑✅🗸👍"


def green_pixels(widget: QWidget) -> int:
    """Pixels that are green and nothing else: what “all is well” is painted in."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    size = image.height() * image.bytesPerLine()
    bytes_ = np.frombuffer(image.constBits(), np.uint8, size)
    pixels = bytes_.reshape(image.height(), -1, 4).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return int(((green > red + 30) & (green > blue + 30)).sum())


@pytest.fixture(autouse=True, params=theme.NAMES)
def dressed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    """Both themes, as a person sees them."""
    theme.apply(qapp, request.param)
    yield
    theme.apply(qapp)


@pytest.fixture
def bar(qtbot: QtBot) -> AnalysisBar:
    made = AnalysisBar()
    qtbot.addWidget(made)
    made.resize(400, 160)
    made.show_run(RUN, 0, CARD)
    return made


def line(qtbot: QtBot, entry: WorklistEntry) -> Table[WorklistEntry]:
    shown = columns(date(2026, 1, 6), lambda _: None, lambda: "finds 94 of 100")
    table: Table[WorklistEntry] = Table(shown, name="lines", says="lines")
    qtbot.addWidget(table)
    table.resize(1200, 120)
    table.rows.replace([entry])
    return table


def test_the_reading_page_says_it_in_grey_with_the_sensitivity(bar: AnalysisBar) -> None:
    words = bar.findChild(QLabel, "analysisOutcome")
    assert words.property("role") == "muted"
    assert not words.property("tone")
    assert "found 94 of 100 lesions (95 % interval 91 to 96)" in words.text()
    assert "not the same as normal" in words.text()
    assert green_pixels(bar) == 0


def test_the_worklist_says_it_in_grey_with_the_sensitivity_in_its_tooltip(qtbot: QtBot) -> None:
    table = line(qtbot, ENTRY)
    at = table.rows.index(0, 1)
    assert table.rows.data(at) == NOTHING_SUSPECTED
    assert table.rows.data(at, TONE) == "muted"
    assert table.rows.data(at, Qt.ItemDataRole.ToolTipRole).endswith("finds 94 of 100")
    assert green_pixels(table) == 0


@pytest.mark.parametrize("urgency", list(Urgency))
def test_no_urgency_is_green(qtbot: QtBot, urgency: Urgency) -> None:
    table = line(qtbot, replace(ENTRY, urgency=urgency))
    assert table.rows.data(table.rows.index(0, 1), TONE) != "good"
    assert green_pixels(table) == 0


@pytest.mark.parametrize("planted", ["badge", "icon"])
def test_the_check_sees_green_where_somebody_puts_it(
    qtbot: QtBot, bar: AnalysisBar, planted: str
) -> None:
    sign = Badge("nothing found", "good") if planted == "badge" else IconLabel("good", 20, "good")
    bar.layout().addWidget(sign)
    assert green_pixels(bar) > 20


def _strings() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "app").rglob("*.py")) + sorted((ROOT / "assistant").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield str(path.relative_to(ROOT)), node.value


def test_no_text_of_the_program_holds_a_tick() -> None:
    assert not [where for where, text in _strings() if set(text) & set(TICKS)]


def _good_beside(path: Path) -> list[str]:
    """Functions and tables of a module that speak of nothing found and of what is good."""
    tree = ast.parse(path.read_text("utf-8"))
    found = []
    for part in tree.body:
        for node in [part, *ast.walk(part)]:
            if not isinstance(node, ast.FunctionDef | ast.Dict | ast.Assign | ast.AnnAssign):
                continue
            text = ast.unparse(node)
            quiet = any(
                word in text for word in ("NOTHING_SUSPECTED", "QUIET", "nothing_suspected")
            )
            if quiet and any(sign in text for sign in ("'good'", "'check'")):
                found.append(f"{path.name}:{node.lineno}")
    return found


def test_no_page_puts_good_or_a_tick_beside_nothing_found() -> None:
    pages = sorted((ROOT / "app").rglob("*.py"))
    assert len(pages) > 200
    assert not [one for path in pages for one in _good_beside(path)]


def test_that_scan_finds_a_planted_one(tmp_path: Path) -> None:
    planted = tmp_path / "page.py"
    planted.write_text('TONES = {Urgency.QUIET: "good", Urgency.DONE: "muted"}\n')
    assert _good_beside(planted)
