"""The version of this package, as records and the command line show it."""

__version__ = "0.1.0"
