"""What can go wrong in measuring.

InferenceError
    WeightsError        weights are absent, altered, or not the ones the card names
    OwnModelError       a clinic's own model cannot be taken in; the message says why
    AnalysisFailedError a fault of the program stopped one analysis; the next may work
    MemoryShortError    the machine has no room for the series beside what it holds already
    NotComparableError  two studies cannot be compared by their geometry
    TooManyRegionsError more regions were marked than there can be numbers for
    WorkerLostError     the worker process died (out of memory, crash); nothing else was lost
        WorkerSilentError   it gave no sign of progress for too long and was ended
        WorkerGreedyError   it took more memory than it may and was ended
"""


class InferenceError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class WeightsError(InferenceError):
    """Weights are absent, altered, or not the ones the card names."""


class OwnModelError(InferenceError):
    """A clinic's own model cannot be taken in, or cannot be used; the message says why."""


class NotComparableError(InferenceError):
    """Two studies cannot be compared: their geometry would make a wrong side or size of it."""


class TooManyRegionsError(InferenceError):
    """More regions were marked than a label map can number: mistakes, none of which is shown."""


class WorkerLostError(InferenceError):
    """The worker process died; nothing else was lost."""


class WorkerSilentError(WorkerLostError):
    """The worker process gave no sign of progress for too long and was ended."""


class WorkerGreedyError(WorkerLostError):
    """The worker process took more memory than it may and was ended."""


class AnalysisFailedError(InferenceError):
    """A fault of the program stopped one analysis; the worker process lives on."""


class MemoryShortError(InferenceError):
    """The machine has no room for the series beside what it holds already."""
