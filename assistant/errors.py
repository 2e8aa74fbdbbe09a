"""What can go wrong in writing.

AssistantError
    ReportNotSignedError     an explanation was asked of a report nobody signed
    ModelUnavailableError    a model is not here, or not the pinned one; the rest works without
    EngineLostError          a model's process died
    SpellingLostError        the dictionary's process did not start, or died
"""


class AssistantError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class ReportNotSignedError(AssistantError):
    """An explanation was asked of a report nobody signed."""


class ModelUnavailableError(AssistantError):
    """A model is not here, or not the pinned one; the templates and rules still work."""


class EngineLostError(AssistantError):
    """A model's process died."""


class SpellingLostError(AssistantError):
    """The dictionary's process did not start, or died."""
