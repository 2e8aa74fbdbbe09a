"""Tables of the kept-up worklist: a line per study, an index of its words, what marks it stale.

A page of the worklist cannot gather runs, findings and reports of a hundred thousand studies each
time somebody types a letter. So each study has a line here. The database itself marks a study
stale in the very statement that touches it; the line is made anew from the plain query before the
transaction ends (see app.storage.worklist_lines), so there is one definition of a line, not two.

``rank`` is the order of the list: the most urgent first, the newest first within it. It is the row
id of the words' index too, so that the first page of any search is read off in order.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from app.storage.schema import JsonText, metadata

# ruff: noqa: S608 - the statements are put together from the fixed fragments below


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in names]


worklist_line = Table(
    "worklist_line",
    metadata,
    Column("rank", Integer, primary_key=True),
    Column("study_uid", Text, nullable=False, unique=True),
    *_texts("patient_id", "patient_name", "mrn"),
    Column("birth_date", Text),
    *_texts("sex"),
    Column("study_date", Text),
    *_texts("description", "modality", "imported_at"),
    *_numbers("series_count", "simulated", "urgency"),
    *_texts("status", "outcome", "reason"),
    *_numbers("findings"),
    *_texts("reader_id"),
    Index("ix_worklist_line_priors", "patient_id", "study_date", "imported_at", "study_uid"),
)
worklist_stale = Table("worklist_stale", metadata, Column("study_uid", Text, primary_key=True))
worklist_total = Table(
    "worklist_total",
    metadata,
    Column("only", Integer, primary_key=True),
    *_numbers("studies"),
)
worklist_filter = Table(
    "worklist_filter",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("filter", JsonText, nullable=False),
)
thumbnail = Table(
    "thumbnail",
    metadata,
    Column("study_uid", Text, ForeignKey("study.uid"), primary_key=True),
    *_texts("series_uid", "pixel_file"),
)

WORDS = """CREATE VIRTUAL TABLE worklist_words USING fts5(
    words, content='', contentless_delete=1, detail=none, tokenize='ascii',
    prefix='1 2 3 4 5 6')"""


def mark_stale(name: str, moment: str, *studies: str, when: str = "1") -> str:
    """Return a trigger that marks the lines of these studies stale after a statement."""
    marks = "\n".join(
        f"""    INSERT INTO worklist_stale (study_uid)
        SELECT DISTINCT touched.uid FROM ({study}) AS touched
        WHERE NOT EXISTS (SELECT 1 FROM worklist_stale WHERE study_uid = touched.uid);"""
        for study in studies
    )
    return f"CREATE TRIGGER worklist_{name} AFTER {moment} WHEN {when}\nBEGIN\n{marks}\nEND"


_NEW, _OLD = "SELECT NEW.study_uid AS uid", "SELECT OLD.study_uid AS uid"
_OF_RUN = " UNION SELECT study_uid FROM run WHERE id = {0}.run_id"
_OF_REPORT = "SELECT study_uid AS uid FROM report_version WHERE report_id = {0}.report_id"
_OTHER_PERSON = " OR ".join(
    f"OLD.{name} IS NOT NEW.{name}" for name in ("name", "mrn", "birth_date", "sex")
)


def _all(table: str, new: str, old: str) -> tuple[str, ...]:
    return (
        mark_stale(f"new_{table}", f"INSERT ON {table}", new),
        mark_stale(f"changed_{table}", f"UPDATE ON {table}", old, new),
        mark_stale(f"gone_{table}", f"DELETE ON {table}", old),
    )


STALE_TRIGGERS: tuple[str, ...] = (
    *_all("study", "SELECT NEW.uid AS uid", "SELECT OLD.uid AS uid"),
    mark_stale(
        "changed_patient",
        "UPDATE ON patient",
        "SELECT uid FROM study WHERE patient_id = NEW.id",
        when=_OTHER_PERSON,
    ),
    *_all("series", _NEW, _OLD),
    *_all("run", _NEW, _OLD),
    *_all("finding", _NEW + _OF_RUN.format("NEW"), _OLD + _OF_RUN.format("OLD")),
    *_all("report_version", _NEW, _OLD),
    *_all("report_release", _OF_REPORT.format("NEW"), _OF_REPORT.format("OLD")),
)
"""What marks a study's line stale, whatever statement of whatever program touches it."""
