"""The ordered steps; step n brings a database of version n to version n + 1.

A step is a plain function on the open connection. It names what it changes in SQL of its own
and never uses app.storage.schema, which describes the newest version only.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

Step = Callable[[Connection], None]


def _search_indexes(connection: Connection) -> None:
    """Version 2: patients by MRN, and one patient's audit entries, without a full scan."""
    connection.exec_driver_sql("CREATE INDEX ix_patient_mrn ON patient (mrn)")
    connection.exec_driver_sql(
        "CREATE INDEX ix_audit_patient ON audit (json_extract(body, '$.patient_id'))"
    )


STEPS: tuple[Step, ...] = (_search_indexes,)
