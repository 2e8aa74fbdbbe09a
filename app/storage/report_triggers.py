"""What the database itself refuses about reports: the signing rules, each a trigger.

A signed version never changes and is followed by what may follow it only; what it names (findings,
annotations, key images, outlines) stays as it was while the report stands; only a report that
stands is released or handed over.
"""

from __future__ import annotations

# ruff: noqa: S608 - the statements are put together from the fixed fragments below

SIGNED = "signed report"
UNSOUND = "signed report not as its row says"
UNDECIDED = "findings without a decision"
NOT_A_DOCTOR = "only a doctor signs"
OUT_OF_ORDER = "a report does not follow that version"
NOT_BY_ANOTHER = "another doctor co-signs"
NOT_BY_AUTHOR = "author or two doctors"
NOT_STANDING = "only a signed report is released"
RELEASE_STAYS = "a release is withdrawn with its reason"
HANDED_STAYS = "a hand-over is never changed"

DRAFTS = "('registered', 'partial')"
STANDING = "('final', 'amended', 'corrected', 'appended')"


def refuse(name: str, moment: str, code: str, when: str = "1") -> str:
    """Return a trigger that refuses a statement by that code."""
    return "\n".join(
        (
            f"CREATE TRIGGER {name} BEFORE {moment}",
            f"WHEN {when}",
            f"BEGIN SELECT RAISE(ABORT, '{code}'); END",
        )
    )


_BODY = "CAST(NEW.body AS TEXT)"
_SIGNED_NOW = f"NEW.status NOT IN {DRAFTS}"
_WAS_SIGNED = f"OLD.status NOT IN {DRAFTS}"
_SIGNED_ALREADY = f"""EXISTS (
    SELECT 1 FROM report_version AS old
    WHERE old.report_id = NEW.report_id AND old.status NOT IN {DRAFTS}
      AND (old.version >= NEW.version OR NEW.status IN {DRAFTS}))"""
_FIELDS = " AND ".join(
    f"json_extract({_BODY}, '$.{field}') = NEW.{column}"
    for field, column in (
        ("status", "status"),
        ("id", "report_id"),
        ("version", "version"),
        ("patient_id", "patient_id"),
        ("study_uid", "study_uid"),
    )
)
_UNSOUND = f"""{_SIGNED_NOW} AND NOT CASE WHEN json_valid({_BODY})
    THEN coalesce(json_type({_BODY}, '$.signature') = 'object' AND {_FIELDS}, 0) ELSE 0 END"""
_UNDECIDED = f"""{_SIGNED_NOW} AND CASE WHEN json_valid({_BODY}) THEN EXISTS (
    SELECT 1 FROM json_each({_BODY}, '$.findings') AS one
    WHERE json_extract(one.value, '$.status') = 'suggested') ELSE 0 END"""
_SIGNER = f"""CASE WHEN json_valid({_BODY})
    THEN json_extract({_BODY}, '$.signature.signer_id') ELSE '' END"""
_NOT_A_DOCTOR = f"""{_SIGNED_NOW} AND EXISTS (
    SELECT 1 FROM account WHERE account.role <> 'doctor'
      AND {_SIGNER} IN (account.id, account.practitioner_id))"""
_BEFORE = f"""SELECT 1 FROM report_version AS old
    WHERE old.report_id = NEW.report_id AND old.version = NEW.version - 1
      AND old.status NOT IN {DRAFTS}"""
_OUT_OF_ORDER = f"""{_SIGNED_NOW} AND EXISTS ({_BEFORE} AND NOT CASE old.status
    WHEN 'preliminary' THEN NEW.status IN ('preliminary', 'final', 'entered-in-error')
    WHEN 'entered-in-error' THEN 0
    ELSE NEW.status IN ('amended', 'corrected', 'appended', 'entered-in-error') END)"""
_UNCHAINED = f"""{_SIGNED_NOW} AND CASE WHEN json_valid({_BODY}) THEN EXISTS ({_BEFORE}
    AND json_extract({_BODY}, '$.previous_digest')
        <> json_extract(CAST(old.body AS TEXT), '$.signature.digest')) ELSE 0 END"""
_NOT_BY_ANOTHER = f"""NEW.status = 'final' AND EXISTS ({_BEFORE} AND old.status = 'preliminary'
    AND json_extract(CAST(old.body AS TEXT), '$.signature.signer_id') = {_SIGNER})"""
_NOT_BY_AUTHOR = f"""NEW.status = 'entered-in-error' AND EXISTS ({_BEFORE})
    AND json_type({_BODY}, '$.countersignature') IS NOT 'object'
    AND {_SIGNER} NOT IN (
        SELECT json_extract(CAST(old.body AS TEXT), '$.signature.signer_id')
        FROM report_version AS old
        WHERE old.report_id = NEW.report_id AND old.status NOT IN {DRAFTS})"""
_NEWEST = f"""coalesce((SELECT version.status FROM report_version AS version
    WHERE version.report_id = NEW.report_id AND version.status NOT IN {DRAFTS}
    ORDER BY version.version DESC LIMIT 1), '')"""
_NOT_THAT_VERSION = f"""{_NEWEST} NOT IN {STANDING} OR NEW.version <> (
    SELECT max(version.version) FROM report_version AS version
    WHERE version.report_id = NEW.report_id AND version.status NOT IN {DRAFTS})"""
_STAYS_RELEASED = """NOT EXISTS (SELECT 1 FROM report_withdrawal AS back
    WHERE back.report_id = OLD.report_id AND back.withdrawn_at >= OLD.released_at)"""


def _standing_of(row: str) -> str:
    return f"""FROM report_version AS paper
    WHERE paper.study_uid = {row}.study_uid AND paper.status NOT IN {DRAFTS}
      AND NOT EXISTS (SELECT 1 FROM report_version AS gone
          WHERE gone.report_id = paper.report_id AND gone.status = 'entered-in-error')"""


def _named(path: str) -> str:
    return f"""EXISTS (SELECT 1 {_standing_of("OLD")} AND EXISTS (
    SELECT 1 FROM json_each(CAST(paper.body AS TEXT), '{path}') AS one
    WHERE json_extract(one.value, '$.id') = OLD.id))"""


def _outlined(row: str) -> str:
    return f"""EXISTS (SELECT 1 {_standing_of(row)} AND EXISTS (
    SELECT 1 FROM json_each(CAST(paper.body AS TEXT), '$.seen.masks') AS one
    WHERE json_extract(one.value, '$.series_uid') = {row}.series_uid
      AND json_extract(one.value, '$.run_id') = {row}.run_id))"""


def _children() -> tuple[str, ...]:
    made = []
    for table, path in (
        ("finding", "$.findings"),
        ("annotation", "$.seen.annotations"),
        ("key_image", "$.seen.key_images"),
    ):
        for verb in ("UPDATE", "DELETE"):
            name = f"signed_{table}_never_{verb.lower()}d"
            made.append(refuse(name, f"{verb} ON {table}", SIGNED, _named(path)))
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        name = f"signed_outline_never_{verb.lower()}"
        made.append(refuse(name, f"{verb} ON label_stroke", SIGNED, _outlined(row)))
    return tuple(made)


REPORT_TRIGGERS: tuple[str, ...] = (
    refuse("report_never_updated", "UPDATE ON report_version", SIGNED, _WAS_SIGNED),
    refuse("report_never_deleted", "DELETE ON report_version", SIGNED, _WAS_SIGNED),
    refuse("report_sound", "INSERT ON report_version", UNSOUND, _UNSOUND),
    refuse("report_sound_now", "UPDATE ON report_version", UNSOUND, _UNSOUND),
    refuse("report_decided", "INSERT ON report_version", UNDECIDED, _UNDECIDED),
    refuse("report_by_doctor", "INSERT ON report_version", NOT_A_DOCTOR, _NOT_A_DOCTOR),
    refuse("report_in_order", "INSERT ON report_version", OUT_OF_ORDER, _OUT_OF_ORDER),
    refuse("report_chained", "INSERT ON report_version", OUT_OF_ORDER, _UNCHAINED),
    refuse("report_cosigned", "INSERT ON report_version", NOT_BY_ANOTHER, _NOT_BY_ANOTHER),
    refuse("report_error_marked", "INSERT ON report_version", NOT_BY_AUTHOR, _NOT_BY_AUTHOR),
    refuse("report_never_replaced", "INSERT ON report_version", SIGNED, _SIGNED_ALREADY),
    refuse(
        "release_only_signed",
        "INSERT ON report_release",
        NOT_STANDING,
        f"{_NEWEST} NOT IN {STANDING}",
    ),
    refuse("release_never_updated", "UPDATE ON report_release", RELEASE_STAYS),
    refuse("release_never_deleted", "DELETE ON report_release", RELEASE_STAYS, _STAYS_RELEASED),
    refuse("withdrawal_never_updated", "UPDATE ON report_withdrawal", RELEASE_STAYS),
    refuse("withdrawal_never_deleted", "DELETE ON report_withdrawal", RELEASE_STAYS),
    refuse("handed_only_standing", "INSERT ON report_handover", NOT_STANDING, _NOT_THAT_VERSION),
    refuse("handed_never_updated", "UPDATE ON report_handover", HANDED_STAYS),
    refuse("handed_never_deleted", "DELETE ON report_handover", HANDED_STAYS),
    *_children(),
)
