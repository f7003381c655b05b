"""Refusals of the coordinator."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import EvenkeelError


@dataclass(frozen=True)
class Problem:
    """A refusal of the coordinator, from its problem document (RFC 9457).

    Attributes:
        type: ``urn:evenkeel:problem:<slug>``, or ``about:blank`` if the response was not a problem document.
        title: the kind of problem, in a few words.
        status: the HTTP status.
        detail: the wrong field or byte, and what is wrong with it; may be empty.
        action: what to do; may be empty.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    action: str = ""

    @property
    def slug(self) -> str:
        """The last part of the type, such as ``round-closed``; empty for foreign types."""
        return self.type.removeprefix(_PREFIX) if self.type.startswith(_PREFIX) else ""

    def __str__(self) -> str:
        text = f"coordinator answered {self.status}: {self.title}"
        text += f": {self.detail}" if self.detail else ""
        return text + (f" [{self.action}]" if self.action else "")


_PREFIX = "urn:evenkeel:problem:"


class CoordinatorError(EvenkeelError):
    """The coordinator refused a request, and a retry would not help. There is a subclass for each problem type.

    Attributes:
        problem: the problem reported by the coordinator.
    """

    slug = ""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    @classmethod
    def of(cls, problem: Problem) -> CoordinatorError:
        """Returns the error for a problem, of the class for its type, or of this class for types unknown to this version."""
        kinds = (kind for kind in CoordinatorError.__subclasses__() if kind.slug == problem.slug)
        return next(kinds, CoordinatorError)(problem)
