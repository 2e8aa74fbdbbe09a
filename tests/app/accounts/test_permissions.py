"""The policy, cell by cell."""

from __future__ import annotations

import itertools

import pytest

from app.accounts.permissions import OWN, OWN_FOR_PATIENTS, POLICY, Permission, allowed
from app.records import SYSTEM, Actor, Role

P = Permission
DOCTOR = Actor("d", "Dr D", Role.DOCTOR)
RECEPTIONIST = Actor("r", "R", Role.RECEPTIONIST)
ADMINISTRATOR = Actor("a", "A", Role.ADMINISTRATOR)
PATIENT = Actor("p", "P", Role.PATIENT, patient_id="p1")
UNMATCHED = Actor("q", "Q", Role.PATIENT)

CLINICAL = {P.VIEW_IMAGES, P.RUN_AI, P.REVIEW_FINDING, P.WRITE_REPORT, P.SIGN_REPORT}
CLINICAL |= {P.RELEASE_REPORT, P.READ_REPORT, P.ANNOTATE_IMAGES, P.EXPORT_IMAGES}

EXPECTED = {
    Role.DOCTOR: CLINICAL
    | {P.SEARCH_PATIENTS, P.EDIT_PATIENT, P.MATCH_PATIENT, P.IMPORT_STUDY, P.SEE_WORKLIST}
    | {P.TAKE_STUDY, P.ASSIGN_STUDY, P.HAND_OVER_REPORT}
    | {P.EXPORT_REPORT, P.ASK_ASSISTANT, P.SEE_CALENDAR, P.EDIT_AVAILABILITY, P.BOOK}
    | {P.CANCEL_APPOINTMENT, P.SEE_MONITORING, P.KEEP_TEXTS, P.BREAK_GLASS}
    | {P.OVERBOOK, P.RECORD_ATTENDANCE, P.REVIEW_ANSWERS},
    Role.RECEPTIONIST: {P.SEARCH_PATIENTS, P.EDIT_PATIENT, P.MATCH_PATIENT, P.IMPORT_STUDY}
    | {P.SEE_WORKLIST, P.SEE_CALENDAR, P.EDIT_ANY_AVAILABILITY, P.BOOK, P.CANCEL_APPOINTMENT}
    | {P.SEE_NOTICES, P.ASSIGN_STUDY, P.HAND_OVER_REPORT, P.PRINT_FOR_HAND_OVER}
    | {P.OVERBOOK, P.RECORD_ATTENDANCE},
    Role.ADMINISTRATOR: {
        P.MANAGE_ACCOUNTS,
        P.CONFIGURE,
        P.BACK_UP,
        P.MANAGE_MODELS,
        P.MANAGE_KNOWLEDGE,
        P.ERASE_CONVERSATIONS,
        P.REVIEW_ANSWERS,
        P.READ_AUDIT,
        P.REVIEW_EMERGENCY,
        P.MANAGE_PLACES,
        P.SEE_NOTICES,
    }
    | {P.SEE_CALENDAR, P.EDIT_ANY_AVAILABILITY, P.SEE_MONITORING},
    Role.PATIENT: {P.READ_OWN_REPORT, P.ASK_ASSISTANT, P.BOOK_OWN, P.CANCEL_OWN_APPOINTMENT}
    | {
        P.SEE_OWN_APPOINTMENTS,
        P.READ_OWN_ACCESS_LIST,
        P.EXPORT_REPORT,
        P.KEEP_CONVERSATION,
        P.CHOOSE_LANGUAGE,
    },
}
"""The matrix once more, written down apart from the policy so that each cell is read twice."""


@pytest.mark.parametrize(("role", "permission"), [*itertools.product(Role, Permission)])
def test_every_cell_of_the_matrix_is_as_written_down_here(role: Role, permission: P) -> None:
    actor = Actor("x", "X", role, patient_id="p1" if role is Role.PATIENT else "")
    assert allowed(actor, permission, "p1") is (permission in EXPECTED[role])


def test_a_patient_reaches_nobody_elses_data() -> None:
    for permission in Permission:
        assert not allowed(PATIENT, permission, "p2")
        assert not allowed(PATIENT, permission)


def test_an_unmatched_patient_may_do_nothing_even_with_an_empty_patient_id() -> None:
    assert not any(allowed(UNMATCHED, permission, who) for permission in P for who in ("", "p1"))


def test_the_receptionist_sees_neither_images_nor_report_bodies() -> None:
    assert not any(allowed(RECEPTIONIST, permission) for permission in CLINICAL)


def test_the_administrator_neither_reads_images_nor_signs() -> None:
    assert not any(allowed(ADMINISTRATOR, permission) for permission in CLINICAL)


def test_the_program_itself_may_only_send_and_back_up() -> None:
    assert {permission for permission in P if allowed(SYSTEM, permission)} == {P.SEND, P.BACK_UP}


def test_staff_have_no_own_permissions_and_nobody_may_send() -> None:
    for actor in (DOCTOR, RECEPTIONIST, ADMINISTRATOR):
        assert not any(allowed(actor, permission) for permission in OWN)
        assert not allowed(actor, P.SEND)


def test_every_permission_is_in_somebodys_hands() -> None:
    held = frozenset().union(*POLICY.values()) | {P.SEND}
    assert held == frozenset(P)
    assert POLICY[Role.PATIENT] >= OWN_FOR_PATIENTS
