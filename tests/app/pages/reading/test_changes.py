"""What became of a finding stands in its row, and goes when another study is opened."""

from __future__ import annotations

from app.pages.odds import Grounds
from app.pages.reading.finding_rows import CHANGE, FindingsList
from inference.records import Change, ChangeKind
from tests.app.workflow.samples import finding

GROWN = Change(ChangeKind.LARGER, (1,), (1,), 12.0, 8.0, 900.0, 600.0, 1.5, 92)


def test_a_row_says_what_became_of_its_finding_since_the_prior(qtbot) -> None:
    rows = FindingsList()
    qtbot.addWidget(rows)
    rows.show_findings((finding("f-1"), finding("f-2")), Grounds())
    rows.show_changes({"f-1": GROWN})
    assert rows.item(0).data(CHANGE) == "larger +50 %"
    assert "8.0 ml 92 days before" in rows.item(0).toolTip()
    assert rows.item(1).data(CHANGE) == ""
    rows.resize(420, 200)
    assert not rows.grab().isNull()
    rows.show_findings((finding("f-1"),), Grounds())
    assert not rows.item(0).data(CHANGE)
