"""What can go wrong in measuring.

InferenceError
    WeightsError        weights are absent, altered, or not the ones the card names
    WorkerLostError     the worker process died (out of memory, crash); nothing else was lost
"""


class InferenceError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class WeightsError(InferenceError):
    """Weights are absent, altered, or not the ones the card names."""


class WorkerLostError(InferenceError):
    """The worker process died; nothing else was lost."""
