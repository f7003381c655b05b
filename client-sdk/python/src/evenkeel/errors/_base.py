"""The base of all errors."""


class EvenkeelError(Exception):
    """The base of all errors of this package; those of wrong arguments are ValueErrors too."""
