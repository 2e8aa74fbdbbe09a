"""Printing through the machine's own print service; nothing is laid on the disk."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

from app.accounts.permissions import Permission
from app.bundle import system_environment
from app.errors import WorkstationError
from app.workflow.outputs import Eyes, Way, print_for_hand_over, report_pdf
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
    _spool(session, report_id, lambda: report_pdf(session, report_id, eyes, Way.PRINT))


def print_to_hand_over(session: Session, report_id: str) -> None:
    """Check a final report and print it for the desk, which does not see its words here.

    Raises
    ------
    WorkstationError
        It is not final, or there is no print service here, or it refused; nothing was printed.
    """
    session.authorize(Permission.PRINT_FOR_HAND_OVER)
    _spool(session, report_id, lambda: print_for_hand_over(session, report_id))


def print_service() -> str:
    """Return the machine's spooler.

    Raises
    ------
    WorkstationError
        There is none here.
    """
    spooler = shutil.which("lp")
    if spooler is None:
        raise WorkstationError(
            "This machine has no print service. Nothing was printed; it can be saved"
            " as PDF, to be printed elsewhere."
        )
    return spooler


def spool(spooler: str, document: bytes, title: str) -> None:
    """Hand a PDF document to the default printer; the title names no patient.

    Raises
    ------
    WorkstationError
        The print service refused; nothing was printed.
    """
    try:
        command = [spooler, "-s", "-t", title, "-"]
        subprocess.run(  # noqa: S603 - the system's lp, no argument from outside
            command,
            input=document,
            check=True,
            capture_output=True,
            timeout=_WAIT_S,
            env=system_environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise WorkstationError(
            f"The printer did not take the {title.lower()}. Nothing was printed; is a printer set"
            " up?"
        ) from error


def _spool(session: Session, report_id: str, made: Callable[[], bytes]) -> None:
    spooler = print_service()
    document = made()
    try:
        spool(spooler, document, "Report")
    except WorkstationError:
        with session.begin() as work:
            patient_id = work.reports.newest_patient(report_id)
            work.note("report.printed", report_id, patient_id=patient_id, outcome="failed")
        raise
