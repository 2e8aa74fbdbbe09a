"""Every table of the workstation, on one MetaData.

A column bears the name of its record's field. Imaging rows hold real foreign keys; rows that
may arrive from the server in any order (practitioners, appointments, reports) hold ids only.
``JSON`` columns are canonical JSON of what a field holds; times are fixed-width UTC text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


class JsonText(Text):
    """Canonical JSON of a composite field."""


def _text(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def _maybe(*names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names]


def _json(*names: str) -> list[Column[Any]]:
    return [Column(name, JsonText, nullable=False) for name in names]


def _int(*names: str) -> list[Column[Any]]:
    return [Column(name, Integer, nullable=False) for name in names]


def _text_later(*names: str) -> list[Column[Any]]:
    """Columns a later version added: rows from before it hold the default."""
    return [Column(name, Text, nullable=False, server_default=text("''")) for name in names]


def _json_later(*names: str) -> list[Column[Any]]:
    return [Column(name, JsonText, nullable=False, server_default=text("'[]'")) for name in names]


def _int_later(**defaults: int) -> list[Column[Any]]:
    return [
        Column(name, Integer, nullable=False, server_default=text(str(value)))
        for name, value in defaults.items()
    ]


def _key(name: str = "id") -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _ref(name: str, target: str) -> Column[Any]:
    return Column(name, Text, ForeignKey(target), nullable=False, index=True)


schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

patient = Table(
    "patient",
    metadata,
    _key(),
    *_text("name", "mrn"),
    *_maybe("birth_date"),
    *_text("sex", "email", "phone", "language"),
    Index(None, "mrn"),
)
study = Table(
    "study",
    metadata,
    _key("uid"),
    _ref("patient_id", "patient.id"),
    *_text("imported_at", "description"),
    *_maybe("study_date"),
    *_text("accession", "modality"),
    Column("simulated", Boolean, nullable=False),
)
series = Table(
    "series",
    metadata,
    _key("uid"),
    _ref("study_uid", "study.uid"),
    *_text("description", "modality"),
    *_int("number"),
    *_json("shape", "spacing_mm"),
    *_text("dtype"),
    *_json("affine", "geometry", "physics"),
    *_text("pixel_file", "header_file"),
    Column("window", JsonText),
    *_text_later("frame_of_reference", "source_uid", "axis", "axis_value"),
    *_int_later(axis_index=0, axis_count=1),
)
instance = Table(
    "instance",
    metadata,
    _key("uid"),
    _ref("series_uid", "series.uid"),
    *_text("digest"),
    *_int("number"),
)
run = Table(
    "run",
    metadata,
    _key(),
    _ref("study_uid", "study.uid"),
    *_text("series_uid", "model", "version", "weights_sha256", "device", "started_at"),
    Column("seconds", Float, nullable=False),
    *_text("outcome", "reason"),
    *_json("gate"),
    *_text("label_file"),
    Column("attribution", JsonText),
    *_json_later("cautions"),
    *_text_later("own_model"),
)
own_model = Table(
    "own_model",
    metadata,
    _key(),
    *_text("container"),
    *_json("card", "digests", "trial"),
    *_text("status", "weights_file", "imported_at", "imported_by"),
    *_maybe("decided_at"),
    *_text("decided_by"),
)
leaflet = Table(
    "leaflet",
    metadata,
    _key(),
    *_text("title", "language", "file_name", "sha256"),
    *_int("pages"),
    *_json("extracts"),
    *_text("added_at", "added_by", "added_by_name", "points"),
)
finding = Table(
    "finding",
    metadata,
    _key(),
    _ref("study_uid", "study.uid"),
    *_text("series_uid", "code", "label", "status"),
    *_json("centre_mm"),
    *_int("slice_index"),
    *_text("side", "place"),
    *_json("measurements"),
    Column("probability", Float),
    *_json("kinds"),
    Column("run_id", Text, nullable=False, index=True),
    *_int("label_value"),
    *_text("note"),
    Column("model", JsonText),
    Column("outlined", JsonText),
    *_text_later("reject_reason"),
    Index(
        "ix_finding_rejected",
        *("run_id", "reject_reason"),
        sqlite_where=text("status = 'rejected'"),
    ),
    Index("ix_finding_outlined", "run_id", sqlite_where=text("outlined IS NOT NULL")),
)
anatomy_run = Table(
    "anatomy_run",
    metadata,
    _key(),
    _ref("study_uid", "study.uid"),
    *_text("series_uid", "model", "version", "weights_sha256", "device", "started_at"),
    Column("seconds", Float, nullable=False),
    *_text("measured_by", "reason"),
    *_json("volumes", "withheld", "scores", "cautions"),
    *_text("label_file"),
)
model_release = Table(
    "model_release",
    metadata,
    Column("id", Integer, primary_key=True),
    *_text("model", "version", "weights_sha256"),
    UniqueConstraint("model", "version", "weights_sha256"),
)
scanner = Table(
    "scanner",
    metadata,
    Column("id", Integer, primary_key=True),
    *_text("manufacturer", "device", "field_t"),
    UniqueConstraint("manufacturer", "device", "field_t"),
)
run_fact = Table(
    "run_fact",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run_id", Text, nullable=False, unique=True),
    Column("study_uid", Text, nullable=False, index=True),
    *_text("series_uid"),
    *_int("release_id", "scanner_id"),
    *_text("device"),
    *_int("month"),
    *_text("outcome", "reason"),
    Column("seconds", Float, nullable=False),
    *_int("rerun", "read"),
    Index("ix_run_fact_tally", "release_id", "scanner_id", "month", "outcome", "rerun", "read"),
    Index(
        "ix_run_fact_time",
        *("release_id", "device", "seconds"),
        sqlite_where=text("outcome <> 'not-analysed'"),
    ),
    Index(
        "ix_run_fact_refusal",
        *("release_id", "reason"),
        sqlite_where=text("outcome = 'not-analysed'"),
    ),
)
finding_fact = Table(
    "finding_fact",
    metadata,
    _key("finding_id"),
    *_int("run_seq", "release_id", "month"),
    *_text("outcome"),
    *_int("own"),
    *_text("status"),
    Index(
        "ix_finding_fact_tally",
        *("own", "release_id", "month", "status", "outcome", "run_seq"),
    ),
)
drift_cell = Table(
    "drift_cell",
    metadata,
    *(Column(name, Integer, primary_key=True) for name in ("release_id", "scanner_id", "month")),
    Column("score", Text, primary_key=True),
    *_int("count", "reference_count"),
    *(
        Column(name, Float, nullable=False)
        for name in ("middle", "reference_middle", "distance", "p")
    ),
)
annotation = Table(
    "annotation",
    metadata,
    _key(),
    _ref("study_uid", "study.uid"),
    *_text("series_uid", "kind"),
    *_json("points_mm", "right", "down"),
    Column("mm_per_px", Float, nullable=False),
    *_text("made_at", "author_id", "text"),
)
key_image = Table(
    "key_image",
    metadata,
    _key(),
    _ref("study_uid", "study.uid"),
    *_text("series_uid"),
    *_json("centre_mm", "right", "down", "window"),
    *_text("made_at", "author_id", "note"),
)
label_stroke = Table(
    "label_stroke",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _ref("study_uid", "study.uid"),
    *_text("series_uid", "run_id"),
    Column("change", LargeBinary, nullable=False),
    Column("undone", Boolean, nullable=False),
    Index(None, "series_uid", "seq"),
    sqlite_autoincrement=True,
)
edit = Table(
    "edit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    *_text("study_uid", "author_id", "at", "kind", "subject_id"),
    Column("before", JsonText),
    Column("after", JsonText),
    *_text("state"),
    Index(None, "study_uid", "state", "seq"),
    sqlite_autoincrement=True,
)
report_version = Table(
    "report_version",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    *_text("study_uid", "patient_id", "status", "updated_at"),
    Column("body", LargeBinary, nullable=False),
    Index(None, "study_uid"),
    Index(None, "patient_id"),
)
report_release = Table("report_release", metadata, _key("report_id"), *_text("released_at"))
report_withdrawal = Table(
    "report_withdrawal",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("withdrawn_at", Text, primary_key=True),
    *_text("patient_id", "by_id", "reason"),
    Index(None, "patient_id"),
)
report_handover = Table(
    "report_handover",
    metadata,
    _key(),
    *_text("report_id"),
    *_int("version"),
    *_text("patient_id", "digest", "at", "by_id", "by_name", "to_name", "relation"),
    Index(None, "report_id"),
)

practitioner = Table("practitioner", metadata, _key(), *_text("name", "specialty", "zone", "email"))
availability = Table(
    "availability",
    metadata,
    _key(),
    Column("practitioner_id", Text, nullable=False, index=True),
    *_int("weekday"),
    *_text("starts", "ends"),
    *_int("slot_minutes"),
    *_text("from_day"),
    *_maybe("until"),
    *_text_later("place_id"),
    *_json_later("visit_type_ids"),
    *_int_later(on_holidays=0),
)
appointment = Table(
    "appointment",
    metadata,
    _key(),
    Column("patient_id", Text, nullable=False, index=True),
    *_text("practitioner_id", "starts", "ends", "status", "booked_by", "created_at"),
    *_int("sequence"),
    *_text("reason"),
    *_text_later("place_id", "visit_type_id"),
    *_json_later("resource_ids"),
    *_int_later(before_minutes=0, after_minutes=0, capacity=1),
    *_text_later("series_id", "exception", "cancelled_because"),
    Index(None, "practitioner_id", "starts"),
)
notice = Table(
    "notice",
    metadata,
    _key(),
    Column("appointment_id", Text, nullable=False, index=True),
    *_text("kind"),
    *_int("sequence"),
    *_text("channel", "recipient", "subject", "body", "due_at", "expires_at"),
    Column("state", Text, nullable=False, index=True),
    *_int("attempts"),
    *_maybe("next_try_at"),
    *_text("last_error", "provider_ref", "invitation"),
    *_int("ahead_minutes"),
    *_text("zone"),
    UniqueConstraint(
        "appointment_id",
        "kind",
        "sequence",
        "channel",
        "recipient",
        "ahead_minutes",
        name="uq_notice_key",
    ),
)
contact_preference = Table(
    "contact_preference",
    metadata,
    _key("patient_id"),
    *_text("zone"),
    *_json("answers"),
)
envelope = Table(
    "envelope",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    *_text("resource_type", "resource_id"),
    *_json("body"),
    *_text("base_version", "created_at", "state"),
    *_int("attempts"),
    *_maybe("next_try_at"),
    *_text("last_error"),
    Index(None, "state", "seq"),
    Index(None, "resource_type", "resource_id"),
    sqlite_autoincrement=True,
)
replica = Table(
    "replica",
    metadata,
    Column("resource_type", Text, primary_key=True),
    Column("resource_id", Text, primary_key=True),
    *_text("version"),
)
peer = Table(
    "peer",
    metadata,
    Column("only", Integer, primary_key=True),
    *_text("url", "device_id", "cursor"),
    *_maybe("last_sync_at"),
    *_text("last_error"),
)
conflict = Table(
    "conflict",
    metadata,
    _key(),
    *_text("envelope_id", "resource_type", "resource_id", "reason", "at"),
    Column("settled", Boolean, nullable=False, index=True),
)
account = Table(
    "account",
    metadata,
    _key(),
    *_text("username"),
    Column("username_key", Text, nullable=False, unique=True),
    *_text("name", "role", "status", "created_at", "email", "phone"),
    *_maybe("birth_date"),
    *_text("mrn", "specialty"),
    Column("patient_id", Text, nullable=False, index=True),
    *_text("practitioner_id", "verifier", "public_key"),
)
setting = Table("setting", metadata, _key("key"), *_text("value"))

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    *_text("body", "digest", "mac"),
    Index("ix_audit_patient", text("json_extract(body, '$.patient_id')")),
    Index("ix_audit_subject", text("json_extract(body, '$.subject')")),
)
audit_chain = Table(
    "audit_chain",
    metadata,
    Column("only", Integer, primary_key=True),
    *_int("seq"),
    *_text("head"),
    Column("key", LargeBinary, nullable=False),
)
pixel_key = Table(
    "pixel_key",
    metadata,
    _key(),
    Column("patient_id", Text, nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),
)
