"""Printing a report through the machine's own print service; nothing is laid on the disk."""

from __future__ import annotations

import shutil
import subprocess

from app.accounts.permissions import Permission
from app.errors import WorkstationError
from app.workflow.outputs import Eyes, Way, report_pdf
from app.workflow.session import Session

_WAIT_S = 60.0


def print_report(session: Session, report_id: str, eyes: Eyes) -> None:
    """Check a report and hand it to the default printer (CUPS); audited with its purpose.

    Raises
    ------
    WorkstationError
        There is no print service here, or it refused; nothing was printed.
    """
    with session.begin() as work:
        patient_id = work.reports.newest_patient(report_id)
    session.authorize(Permission.EXPORT_REPORT, patient_id)
    spooler = shutil.which("lp")
    if spooler is None:
        raise WorkstationError(
            "This machine has no print service. Nothing was printed; export the report as PDF"
            " and print that."
        )
    document = report_pdf(session, report_id, eyes, Way.PRINT)
    try:
        command = [spooler, "-s", "-t", "Report", "-"]
        subprocess.run(command, input=document, check=True, capture_output=True, timeout=_WAIT_S)  # noqa: S603 - the system's lp, no argument from outside
    except (OSError, subprocess.SubprocessError) as error:
        with session.begin() as work:
            work.note("report.printed", report_id, patient_id=patient_id, outcome="failed")
        raise WorkstationError(
            "The printer did not take the report. Nothing was printed; is a printer set up?"
        ) from error
