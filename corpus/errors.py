"""The one exception every layer raises for a fault the user can mend.

It knows nothing of terminals or pages: the command line and the chat each turn
`message` and `hint` into what their reader sees, once.
"""

from __future__ import annotations


class WenzhengError(Exception):
    """A fault with its remedy.

    Attributes:
        message: one sentence, with the offending value.
        hint: what to do about it, usually a command; may be empty.
        exit_code: 1 for a failure, 2 for a usage error (see `UsageError`).
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what is wrong and what to do about it."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message and, where there is one, the hint."""
        return f"{self.message} {self.hint}".strip()


class UsageError(WenzhengError):
    """The caller asked for something that cannot be: an empty question, a bad option."""

    exit_code = 2


class ReportError(WenzhengError):
    """A report is missing, damaged, or not what its `report.toml` says."""


class IndexDirError(WenzhengError):
    """An index is missing, damaged, or made by another model, format or library."""
