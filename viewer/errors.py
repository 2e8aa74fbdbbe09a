"""What can go wrong in seeing.

ViewerError
    UnreadableFileError      one file cannot be used; ``reason`` says why in plain words
    UnreadableSeriesError    a series cannot become a volume
    GeometryUnknownError     millimetres or planes asked of a series without them
    RegistrationFailedError  two volumes could not be laid over one another
"""


class ViewerError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class UnreadableFileError(ViewerError):
    """One file cannot be used."""


class UnreadableSeriesError(ViewerError):
    """A series cannot become a volume."""


class GeometryUnknownError(ViewerError):
    """Millimetres or planes were asked of a series whose geometry is unknown."""


class RegistrationFailedError(ViewerError):
    """Two volumes could not be laid over one another."""
