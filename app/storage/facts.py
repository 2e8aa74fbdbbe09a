"""Narrow facts about runs and findings, kept beside them by the database itself.

A run's row is wide (its gate's scores, its heat map's scores), and a page of a hundred thousand of
them would have to decrypt every byte. So triggers write one narrow row per run and per finding in
the very statement that writes the run or the finding: no program can forget it, and no count can
drift from what it counts. Runs on simulated studies have no fact.

The triggers are those of the newest version; a later change is a step with a text of its own.
"""

from __future__ import annotations

# ruff: noqa: S608 - the statements are put together from the fixed fragments below

_FIELD = "CAST(json_extract(series.physics, '$.MagneticFieldStrength') AS REAL)"
_TESLA = f"CASE WHEN {_FIELD} > 100 THEN {_FIELD} / 10000 ELSE {_FIELD} END"
_MAKER = "trim(coalesce(json_extract(series.physics, '$.Manufacturer'), ''))"
SCANNER = f"""
    upper(substr({_MAKER} || ' ', 1, instr({_MAKER} || ' ', ' ') - 1)) AS manufacturer,
    trim(coalesce(json_extract(series.physics, '$.ManufacturerModelName'), '')) AS device,
    CASE WHEN coalesce({_FIELD}, 0) <= 0 THEN ''
        WHEN {_TESLA} >= 1 THEN printf('%.1f', round({_TESLA} * 2) / 2)
        ELSE printf('%.2f', {_TESLA}) END AS field_t"""
"""Who made it (first word), which device, and its field in tesla (2.89 counts as 3.0)."""

SIGNED = "('final', 'amended', 'corrected', 'appended')"
SAME_RELEASE = (
    "model_release.model = {0}.model AND model_release.version = {0}.version"
    " AND model_release.weights_sha256 = {0}.weights_sha256"
)
_SAME_SCANNER = (
    "scanner.manufacturer = seen.manufacturer AND scanner.device = seen.device"
    " AND scanner.field_t = seen.field_t"
)
MONTH = "CAST(substr({0}.started_at, 1, 4) || substr({0}.started_at, 6, 2) AS INTEGER)"
REASON = "CASE WHEN {0}.outcome = 'not-analysed' THEN {0}.reason ELSE '' END"

_SEEN_BY_NEW_RUN = f"""(SELECT '' AS manufacturer, '' AS device, '' AS field_t
        WHERE NOT EXISTS (SELECT 1 FROM series WHERE series.uid = NEW.series_uid)
        UNION ALL SELECT {SCANNER} FROM series WHERE series.uid = NEW.series_uid) AS seen"""
_REAL = "NOT (SELECT study.simulated FROM study WHERE study.uid = NEW.study_uid)"

_RUN_ADDED = f"""CREATE TRIGGER fact_of_new_run AFTER INSERT ON run WHEN {_REAL}
BEGIN
    INSERT INTO model_release (model, version, weights_sha256)
        SELECT NEW.model, NEW.version, NEW.weights_sha256
        WHERE NOT EXISTS (SELECT 1 FROM model_release WHERE {SAME_RELEASE.format("NEW")});
    INSERT INTO scanner (manufacturer, device, field_t)
        SELECT seen.manufacturer, seen.device, seen.field_t FROM {_SEEN_BY_NEW_RUN}
        WHERE NOT EXISTS (SELECT 1 FROM scanner WHERE {_SAME_SCANNER});
    INSERT INTO run_fact (run_id, study_uid, series_uid, release_id, scanner_id, device, month,
            outcome, reason, seconds, rerun, read)
        SELECT NEW.id, NEW.study_uid, NEW.series_uid, model_release.id, scanner.id, NEW.device,
            {MONTH.format("NEW")}, NEW.outcome, {REASON.format("NEW")}, NEW.seconds,
            EXISTS (SELECT 1 FROM run_fact AS before WHERE before.study_uid = NEW.study_uid
                AND before.series_uid = NEW.series_uid AND before.release_id = model_release.id),
            0
        FROM {_SEEN_BY_NEW_RUN}, model_release, scanner
        WHERE {SAME_RELEASE.format("NEW")} AND {_SAME_SCANNER};
    DELETE FROM drift_cell WHERE EXISTS (SELECT 1 FROM run_fact AS made
        WHERE made.run_id = NEW.id AND made.release_id = drift_cell.release_id
        AND made.month = drift_cell.month AND drift_cell.scanner_id IN (0, made.scanner_id));
END"""
_RUN_CHANGED = f"""CREATE TRIGGER fact_of_changed_run AFTER UPDATE ON run
BEGIN
    UPDATE run_fact SET device = NEW.device, outcome = NEW.outcome,
        reason = {REASON.format("NEW")}, seconds = NEW.seconds WHERE run_id = NEW.id;
END"""
_RUN_GONE = """CREATE TRIGGER fact_of_gone_run AFTER DELETE ON run
BEGIN
    DELETE FROM run_fact WHERE run_id = OLD.id;
END"""

_SUGGESTED = """SELECT NEW.id, fact.seq, fact.release_id, fact.month, fact.outcome, 0, NEW.status
        FROM run_fact AS fact WHERE NEW.run_id <> '' AND fact.run_id = NEW.run_id"""
_OWN = """SELECT * FROM (
            SELECT NEW.id, fact.seq, fact.release_id, fact.month, fact.outcome, 1, NEW.status
            FROM run_fact AS fact
            WHERE NEW.run_id = '' AND NEW.probability IS NULL AND fact.study_uid = NEW.study_uid
                AND fact.series_uid = NEW.series_uid AND fact.outcome <> 'not-analysed'
            ORDER BY fact.seq DESC LIMIT 1)"""
_FINDING_ADDED = f"""CREATE TRIGGER fact_of_new_finding AFTER INSERT ON finding
BEGIN
    INSERT INTO finding_fact (finding_id, run_seq, release_id, month, outcome, own, status)
        {_SUGGESTED} UNION ALL {_OWN};
    UPDATE run_fact SET read = 1 WHERE seq = (SELECT added.run_seq FROM finding_fact AS added
        WHERE added.finding_id = NEW.id AND added.own);
END"""
_FINDING_CHANGED = """CREATE TRIGGER fact_of_changed_finding AFTER UPDATE ON finding
BEGIN
    UPDATE finding_fact SET status = NEW.status WHERE finding_id = NEW.id;
END"""
_FINDING_GONE = """CREATE TRIGGER fact_of_gone_finding AFTER DELETE ON finding
BEGIN
    DELETE FROM finding_fact WHERE finding_id = OLD.id;
END"""


def _signed(name: str, moment: str) -> str:
    """Runs that were there when the study's report was signed had a reader."""
    return f"""CREATE TRIGGER {name} AFTER {moment} ON report_version WHEN NEW.status IN {SIGNED}
BEGIN
    UPDATE run_fact SET read = 1 WHERE study_uid = NEW.study_uid;
END"""


FACT_TRIGGERS: tuple[str, ...] = (
    _RUN_ADDED,
    _RUN_CHANGED,
    _RUN_GONE,
    _FINDING_ADDED,
    _FINDING_CHANGED,
    _FINDING_GONE,
    _signed("fact_of_signed_report", "INSERT"),
    _signed("fact_of_report_signed_now", "UPDATE OF status"),
)
