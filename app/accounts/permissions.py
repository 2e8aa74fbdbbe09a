"""Who may do what: one table, deny by default, pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType

from app.records import Actor, Role


class Permission(StrEnum):
    """One thing a person may want to do; the OWN ones hold for the person's own data only."""

    SEARCH_PATIENTS = auto()
    EDIT_PATIENT = auto()
    MATCH_PATIENT = auto()
    IMPORT_STUDY = auto()
    SEE_WORKLIST = auto()
    TAKE_STUDY = auto()
    ASSIGN_STUDY = auto()
    VIEW_IMAGES = auto()
    RUN_AI = auto()
    REVIEW_FINDING = auto()
    ANNOTATE_IMAGES = auto()
    EXPORT_IMAGES = auto()
    WRITE_REPORT = auto()
    KEEP_TEXTS = auto()
    SIGN_REPORT = auto()
    RELEASE_REPORT = auto()
    READ_REPORT = auto()
    READ_OWN_REPORT = auto()
    EXPORT_REPORT = auto()
    HAND_OVER_REPORT = auto()
    PRINT_FOR_HAND_OVER = auto()
    ASK_ASSISTANT = auto()
    KEEP_CONVERSATION = auto()
    CHOOSE_LANGUAGE = auto()
    ERASE_CONVERSATIONS = auto()
    REVIEW_ANSWERS = auto()
    SEE_CALENDAR = auto()
    EDIT_AVAILABILITY = auto()
    EDIT_ANY_AVAILABILITY = auto()
    MANAGE_PLACES = auto()
    BOOK = auto()
    BOOK_OWN = auto()
    OVERBOOK = auto()
    RECORD_ATTENDANCE = auto()
    CANCEL_APPOINTMENT = auto()
    CANCEL_OWN_APPOINTMENT = auto()
    SEE_OWN_APPOINTMENTS = auto()
    SEE_NOTICES = auto()
    MANAGE_ACCOUNTS = auto()
    CONFIGURE = auto()
    BACK_UP = auto()
    MANAGE_MODELS = auto()
    MANAGE_KNOWLEDGE = auto()
    READ_AUDIT = auto()
    BREAK_GLASS = auto()
    REVIEW_EMERGENCY = auto()
    SEE_MONITORING = auto()
    READ_OWN_ACCESS_LIST = auto()
    SEND = auto()


P = Permission

OWN: frozenset[Permission] = frozenset(
    {
        P.READ_OWN_REPORT,
        P.BOOK_OWN,
        P.CANCEL_OWN_APPOINTMENT,
        P.SEE_OWN_APPOINTMENTS,
        P.READ_OWN_ACCESS_LIST,
        P.KEEP_CONVERSATION,
        P.CHOOSE_LANGUAGE,
    }
)
"""Permissions that hold only where the data's patient is the actor."""

OWN_FOR_PATIENTS: frozenset[Permission] = frozenset({P.ASK_ASSISTANT, P.EXPORT_REPORT})
"""Permissions staff have for everybody and a patient for the own data only."""

POLICY: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.DOCTOR: frozenset(
            {
                P.SEARCH_PATIENTS,
                P.EDIT_PATIENT,
                P.MATCH_PATIENT,
                P.IMPORT_STUDY,
                P.SEE_WORKLIST,
                P.TAKE_STUDY,
                P.ASSIGN_STUDY,
                P.VIEW_IMAGES,
                P.RUN_AI,
                P.REVIEW_FINDING,
                P.ANNOTATE_IMAGES,
                P.EXPORT_IMAGES,
                P.WRITE_REPORT,
                P.KEEP_TEXTS,
                P.SIGN_REPORT,
                P.RELEASE_REPORT,
                P.READ_REPORT,
                P.EXPORT_REPORT,
                P.HAND_OVER_REPORT,
                P.ASK_ASSISTANT,
                P.REVIEW_ANSWERS,
                P.SEE_CALENDAR,
                P.EDIT_AVAILABILITY,
                P.BOOK,
                P.CANCEL_APPOINTMENT,
                P.OVERBOOK,
                P.RECORD_ATTENDANCE,
                P.SEE_MONITORING,
                P.BREAK_GLASS,
            }
        ),
        Role.RECEPTIONIST: frozenset(
            {
                P.SEARCH_PATIENTS,
                P.EDIT_PATIENT,
                P.MATCH_PATIENT,
                P.IMPORT_STUDY,
                P.SEE_WORKLIST,
                P.HAND_OVER_REPORT,
                P.PRINT_FOR_HAND_OVER,
                P.ASSIGN_STUDY,
                P.SEE_CALENDAR,
                P.EDIT_ANY_AVAILABILITY,
                P.BOOK,
                P.CANCEL_APPOINTMENT,
                P.OVERBOOK,
                P.RECORD_ATTENDANCE,
                P.SEE_NOTICES,
            }
        ),
        Role.ADMINISTRATOR: frozenset(
            {
                P.MANAGE_ACCOUNTS,
                P.CONFIGURE,
                P.BACK_UP,
                P.MANAGE_MODELS,
                P.ERASE_CONVERSATIONS,
                P.REVIEW_ANSWERS,
                P.MANAGE_KNOWLEDGE,
                P.READ_AUDIT,
                P.REVIEW_EMERGENCY,
                P.SEE_MONITORING,
                P.SEE_NOTICES,
                P.SEE_CALENDAR,
                P.EDIT_ANY_AVAILABILITY,
                P.MANAGE_PLACES,
            }
        ),
        Role.PATIENT: OWN | OWN_FOR_PATIENTS,
    }
)
"""The whole policy (the matrix of docs/ARCHITECTURE.md): what is not here is refused."""

SYSTEM_POLICY: frozenset[Permission] = frozenset({P.SEND, P.BACK_UP})
"""What the program may do by itself: hand over notices and envelopes, and the day's backup."""


def allowed(actor: Actor, permission: Permission, patient_id: str = "") -> bool:
    """Whether the policy lets this actor do it, to the data of that patient where one is meant.

    A patient whose account is not matched with a patient record has no own data, so every
    own permission is refused.
    """
    if actor.role is None:
        return permission in SYSTEM_POLICY
    if permission not in POLICY.get(actor.role, frozenset()):
        return False
    if permission in OWN or actor.role is Role.PATIENT:
        return bool(actor.patient_id) and patient_id == actor.patient_id
    return True
