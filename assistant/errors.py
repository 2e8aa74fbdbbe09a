"""What can go wrong in writing.

AssistantError
    ReportNotSignedError     an explanation was asked of a report nobody signed
    ModelUnavailableError    a model is not here, or not the pinned one; the rest works without
    EngineLostError          a model's process died
    StoppedError             a call was stopped by whoever made it
    LanguageModelError       a language model file is not taken, or its standing forbids the act
    LeafletError             a file is no leaflet that could be quoted
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


class StoppedError(AssistantError):
    """A call was stopped by whoever made it."""


class LanguageModelError(AssistantError):
    """A language model file is not taken, or its standing forbids the act."""


class LeafletError(AssistantError):
    """A file is no leaflet that could be quoted."""


class SpellingLostError(AssistantError):
    """The dictionary's process did not start, or died."""
