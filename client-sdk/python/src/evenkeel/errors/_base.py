"""The base of all errors."""


class EvenkeelError(Exception):
    """The base of all errors of this package; wrong arguments raise ValueError too."""
