"""What can go wrong in the workstation.

WorkstationError
    AccountError
        SignInError            unknown name or wrong password: one message, one timing
            PauseError         wrong too often; the person must wait
        WeakPasswordError      the password is too short or too common
        UsernameTakenError     somebody already signs in by that name
        LockedError            no member of staff has opened the workstation yet
        RecoveryKeyError       the recovery key does not fit
    ForbiddenError             the signed-in person may not do this
        NotTreatingError       a doctor who is not treating this patient
    EmergencyError             emergency access is not opened or reviewed like that
    TakenByAnotherError        another doctor has the study
    NotFoundError              no such record, or none this person may see
    WithheldError              what the models found is not shown to this reader yet
    SignedReportError          a signed report cannot be changed
    NothingToUndoError         the person has nothing to undo or redo in the study
    ChangedSinceError          somebody else changed the same thing since
    MemoryBudgetError          opening it would need more memory than there is
    BlockedReportError         something still stops the signature of a report
        UndecidedFindingsError a finding has no decision yet
        UnfilledReportError    a field of the text is still open
    TamperedReportError        a stored report does not match its signature
    WrongPatientError          the images name somebody else than the record
    StorageError
        WrongKeyError          the key does not open this database
        NewerDatabaseError     written by a newer program; nothing was changed
        DamagedFileError       an encrypted file was altered, cut or swapped
        DiskFullError          not enough room; nothing was half written
        HomeInUseError         another window has the data folder open
        BackupError            a backup was not made, checked or restored
        AuditBrokenError       the audit chain does not hold
"""


class WorkstationError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class AccountError(WorkstationError):
    """Signing up or in failed."""


class SignInError(AccountError):
    """Unknown name or wrong password."""


class PauseError(SignInError):
    """Wrong too often; the person must wait."""


class WeakPasswordError(AccountError):
    """The password is too short or too common."""


class UsernameTakenError(AccountError):
    """Somebody already signs in by that name."""


class LockedError(AccountError):
    """No member of staff has opened the workstation yet."""


class RecoveryKeyError(AccountError):
    """The recovery key does not fit."""


class ForbiddenError(WorkstationError):
    """The signed-in person may not do this."""


class NotTreatingError(ForbiddenError):
    """The role allows it, but the doctor is not treating this patient."""


class EmergencyError(WorkstationError):
    """Emergency access is not opened, changed or reviewed like that."""


class TakenByAnotherError(WorkstationError):
    """Another doctor has the study."""


class NotFoundError(WorkstationError):
    """No such record, or none this person may see."""


class NothingToUndoError(WorkstationError):
    """The person has nothing to undo or redo in the study."""


class ChangedSinceError(WorkstationError):
    """Somebody else changed the same thing since."""


class MemoryBudgetError(WorkstationError):
    """Opening it would need more memory than there is; nothing was loaded."""


class WithheldError(WorkstationError):
    """What the models found is not shown to this reader yet; it is kept."""


class SignedReportError(WorkstationError):
    """A signed report cannot be changed."""


class BlockedReportError(WorkstationError):
    """Something still stops the signature of a report: the text says what."""


class UndecidedFindingsError(BlockedReportError):
    """A finding has no decision yet."""


class UnfilledReportError(BlockedReportError):
    """A field of the text is still open."""


class TamperedReportError(WorkstationError):
    """A stored report does not match its signature."""


class WrongPatientError(WorkstationError):
    """The images name somebody else than the record."""


class StorageError(WorkstationError):
    """Something is wrong with what is kept on disk."""


class WrongKeyError(StorageError):
    """The key does not open this database."""


class NewerDatabaseError(StorageError):
    """The database was written by a newer program; nothing was changed."""


class DamagedFileError(StorageError):
    """An encrypted file was altered, cut or swapped."""


class DiskFullError(StorageError):
    """Not enough room; nothing was half written."""


class HomeInUseError(StorageError):
    """Another window has the data folder open."""


class BackupError(StorageError):
    """A backup was not made, checked or restored; the text says why and what still stands."""


class AuditBrokenError(StorageError):
    """The audit chain does not hold."""
