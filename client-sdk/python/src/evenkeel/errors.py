"""Errors of this package: one class for each kind of fault, so that a program can distinguish them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class EvenkeelError(Exception):
    """The base of all errors of this package; wrong arguments raise ValueError too."""


class InvalidGradientError(EvenkeelError, ValueError):
    """A gradient is not d finite numbers. The state is unchanged.

    Attributes:
        coordinate: the first coordinate that is not finite, or None if the shape is wrong.
        tensor: the name of the tensor it belongs to, or None.
    """

    def __init__(self, message: str, coordinate: int | None = None, tensor: str | None = None) -> None:
        super().__init__(message)
        self.coordinate = coordinate
        self.tensor = tensor


class ModelMismatchError(EvenkeelError, ValueError):
    """A model's tensors differ from those of the run in name, shape or number."""


class Fault(Enum):
    """What is wrong with bytes (client-sdk/FORMAT.md). The values are the names that the golden vectors use."""

    WRONG_MAGIC = "WRONG_MAGIC"
    UNSUPPORTED_VERSION = "UNSUPPORTED_VERSION"
    TRUNCATED = "TRUNCATED"
    TRAILING_BYTES = "TRAILING_BYTES"
    CORRUPTED = "CORRUPTED"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    WRONG_DIMENSION = "WRONG_DIMENSION"
    INVALID_INDEX = "INVALID_INDEX"
    INVALID_VALUE = "INVALID_VALUE"
    NOT_CANONICAL = "NOT_CANONICAL"

    @property
    def action(self) -> str:
        """What the sender can do now, as a part of a sentence."""
        return _ACTIONS[self]


_ACTIONS = {
    Fault.WRONG_MAGIC: "check that the right body was sent to the right address with the right Content-Type",
    Fault.UNSUPPORTED_VERSION: "use the SDK release that belongs to this coordinator, or update the older of the two",
    Fault.TRUNCATED: "send the whole of it again",
    Fault.TRAILING_BYTES: "send nothing after the end",
    Fault.CORRUPTED: "send it again, and if that does not help, encode it again",
    Fault.LIMIT_EXCEEDED: "keep to what the run's plan allows",
    Fault.WRONG_DIMENSION: "compute with this run's model",
    Fault.INVALID_INDEX: "make the encoder follow FORMAT.md",
    Fault.INVALID_VALUE: "send finite numbers within their ranges",
    Fault.NOT_CANONICAL: "make the encoder follow FORMAT.md",
}


class WireError(EvenkeelError, ValueError):
    """Bytes do not follow client-sdk/FORMAT.md.

    Attributes:
        fault: the kind of fault.
        position: the index of the wrong byte; the length of the bytes or more if bytes are missing.
    """

    def __init__(self, fault: Fault, position: int, found: str, expected: str) -> None:
        super().__init__(f"byte {position}: found {found}, expected {expected}: {fault.action}")
        self.fault = fault
        self.position = position


class StateError(EvenkeelError):
    """The saved state cannot be read or written: it is damaged or in use by another process, or the disk is full."""


class DeadlineError(EvenkeelError):
    """The coordinator was unreachable or too busy for longer than the configured time. The state is saved."""


class UnreachableError(EvenkeelError):
    """A device that was never enrolled cannot reach the coordinator, probably because of a wrong setting, which is named."""


class UntrustedError(EvenkeelError):
    """The coordinator's certificate, or the device's own, is not trusted; a retry would not help."""


class ProtocolError(EvenkeelError):
    """A response is not one of a coordinator of this version."""


class DivergedError(EvenkeelError):
    """Device and coordinator disagree on which messages were accepted, most likely because of a copied or restored state."""


class FunctionError(EvenkeelError):
    """The gradient or evaluation function raised an exception, which is the cause; nothing was sent."""


@dataclass(frozen=True)
class Problem:
    """A refusal of the coordinator, from its problem document (RFC 9457).

    Attributes:
        type: ``urn:evenkeel:problem:<slug>``, or ``about:blank`` if the response was not a problem document.
        title: the kind of problem, in a few words.
        status: the HTTP status.
        detail: what was wrong with which field or byte; may be empty.
        action: what to do now; may be empty.
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
        return _TYPES.get(problem.slug, CoordinatorError)(problem)


class MalformedError(CoordinatorError):
    """The request cannot be read."""

    slug = "malformed"


class UnauthenticatedError(CoordinatorError):
    """Credentials are missing or wrong."""

    slug = "unauthenticated"


class ForbiddenError(CoordinatorError):
    """These credentials do not allow this."""

    slug = "forbidden"


class ClientRevokedError(CoordinatorError):
    """The client was revoked."""

    slug = "client-revoked"


class EnrolmentTokenUnknownError(CoordinatorError):
    """The enrolment token is unknown."""

    slug = "enrolment-token-unknown"


class EnrolmentTokenExpiredError(CoordinatorError):
    """The enrolment token has expired."""

    slug = "enrolment-token-expired"


class EnrolmentTokenUsedUpError(CoordinatorError):
    """The enrolment token is used up."""

    slug = "enrolment-token-used-up"


class NotFoundError(CoordinatorError):
    """There is nothing at this path."""

    slug = "not-found"


class ClientNotFoundError(CoordinatorError):
    """There is no such client."""

    slug = "client-not-found"


class EnrolmentTokenNotFoundError(CoordinatorError):
    """There is no such enrolment token."""

    slug = "enrolment-token-not-found"


class AccessTokenNotFoundError(CoordinatorError):
    """There is no such access token."""

    slug = "access-token-not-found"


class RunNotFoundError(CoordinatorError):
    """There is no such run."""

    slug = "run-not-found"


class RoundNotFoundError(CoordinatorError):
    """There is no such round."""

    slug = "round-not-found"


class MemberNotFoundError(CoordinatorError):
    """The client is not a member of the run."""

    slug = "member-not-found"


class ModelNotKeptError(CoordinatorError):
    """This model is not kept."""

    slug = "model-not-kept"


class MethodNotAllowedError(CoordinatorError):
    """The path does not take this method."""

    slug = "method-not-allowed"


class NotAcceptableError(CoordinatorError):
    """None of the accepted media types is on offer."""

    slug = "not-acceptable"


class TooSlowError(CoordinatorError):
    """The request body came too slowly."""

    slug = "too-slow"


class ConflictError(CoordinatorError):
    """The request contradicts what is already there."""

    slug = "conflict"


class NameTakenError(CoordinatorError):
    """The name is taken."""

    slug = "name-taken"


class WrongStateError(CoordinatorError):
    """The run's state does not allow this."""

    slug = "wrong-state"


class TooFewMembersError(CoordinatorError):
    """The run has too few members."""

    slug = "too-few-members"


class RoundClosedError(CoordinatorError):
    """The round is closed."""

    slug = "round-closed"


class RoundNotOpenError(CoordinatorError):
    """The round is not open yet."""

    slug = "round-not-open"


class StateDivergedError(CoordinatorError):
    """The device's state and the coordinator's have diverged."""

    slug = "state-diverged"


class TooLargeError(CoordinatorError):
    """The request body is too large."""

    slug = "too-large"


class UnsupportedMediaTypeError(CoordinatorError):
    """The media type is not supported."""

    slug = "unsupported-media-type"


class InvalidError(CoordinatorError):
    """The request says something that is not valid."""

    slug = "invalid"


class InvalidFrameError(CoordinatorError):
    """The binary body is not valid."""

    slug = "invalid-frame"


class PlanExceededError(CoordinatorError):
    """The message holds more than the run's plan allows."""

    slug = "plan-exceeded"


class TooManyRequestsError(CoordinatorError):
    """Too many requests."""

    slug = "too-many-requests"


class InsufficientMemoryError(CoordinatorError):
    """The coordinator has too little memory for this."""

    slug = "insufficient-memory"


class BusyError(CoordinatorError):
    """The coordinator is busy."""

    slug = "busy"


class StorageUnavailableError(CoordinatorError):
    """The coordinator's storage is unavailable."""

    slug = "storage-unavailable"


class StorageDamagedError(CoordinatorError):
    """Stored data is damaged."""

    slug = "storage-damaged"


class InternalError(CoordinatorError):
    """The coordinator failed."""

    slug = "internal"


_TYPES = {kind.slug: kind for kind in CoordinatorError.__subclasses__()}
