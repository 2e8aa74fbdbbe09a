"""What can go wrong in writing.

AssistantError
    ReportNotSignedError     an explanation was asked of a report nobody signed
    ModelUnavailableError    there is no language model here; the templates still work
    EngineLostError          the language model's process died
    SpellingLostError        the dictionary's process did not start, or died
"""


class AssistantError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class ReportNotSignedError(AssistantError):
    """An explanation was asked of a report nobody signed."""


class ModelUnavailableError(AssistantError):
    """There is no language model here; the templates still work."""


class EngineLostError(AssistantError):
    """The language model's process died."""


class SpellingLostError(AssistantError):
    """The dictionary's process did not start, or died."""
