"""One error for each problem type of the coordinator. ProblemPageTest makes this file from ProblemKind.java."""

from ._coordinator import CoordinatorError

__all__ = [
    "MalformedError",
    "UnauthenticatedError",
    "ForbiddenError",
    "ClientRevokedError",
    "DeviceNotChosenError",
    "SecondOperatorNeededError",
    "EnrolmentTokenUnknownError",
    "EnrolmentTokenExpiredError",
    "EnrolmentTokenUsedUpError",
    "NotFoundError",
    "ClientNotFoundError",
    "EnrolmentTokenNotFoundError",
    "AccessTokenNotFoundError",
    "RunNotFoundError",
    "ExperimentNotFoundError",
    "EvaluationNotFoundError",
    "RoundNotFoundError",
    "MemberNotFoundError",
    "ModelNotFoundError",
    "ModelVersionNotFoundError",
    "ModelAliasNotFoundError",
    "RolloutNotFoundError",
    "WebhookNotFoundError",
    "DeliveryNotFoundError",
    "ModelNotKeptError",
    "MethodNotAllowedError",
    "NotAcceptableError",
    "TooSlowError",
    "ConflictError",
    "NameTakenError",
    "WrongStateError",
    "InUseError",
    "StillValidError",
    "VersionInUseError",
    "AliasInRolloutError",
    "AliasProtectedError",
    "RolloutStateError",
    "DefinitionChangedError",
    "TooFewMembersError",
    "EvaluationClosedError",
    "RoundClosedError",
    "RoundNotOpenError",
    "AttemptClosedError",
    "OtherModelError",
    "StateNotKeptError",
    "HistoryLostError",
    "StateDivergedError",
    "TooLargeError",
    "UnsupportedMediaTypeError",
    "InvalidError",
    "FixedFieldError",
    "InvalidFrameError",
    "PlanExceededError",
    "TooManyRequestsError",
    "InsufficientMemoryError",
    "BusyError",
    "StorageUnavailableError",
    "StorageDamagedError",
    "InternalError",
]


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


class DeviceNotChosenError(CoordinatorError):
    """The run does not accept this device."""

    slug = "device-not-chosen"


class SecondOperatorNeededError(CoordinatorError):
    """Another operator must approve it."""

    slug = "second-operator-needed"


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


class ExperimentNotFoundError(CoordinatorError):
    """There is no such experiment."""

    slug = "experiment-not-found"


class EvaluationNotFoundError(CoordinatorError):
    """There is no such evaluation."""

    slug = "evaluation-not-found"


class RoundNotFoundError(CoordinatorError):
    """There is no such round."""

    slug = "round-not-found"


class MemberNotFoundError(CoordinatorError):
    """The client is not a member of the run."""

    slug = "member-not-found"


class ModelNotFoundError(CoordinatorError):
    """There is no such registered model."""

    slug = "model-not-found"


class ModelVersionNotFoundError(CoordinatorError):
    """There is no such version of the model."""

    slug = "model-version-not-found"


class ModelAliasNotFoundError(CoordinatorError):
    """The model has no such alias."""

    slug = "model-alias-not-found"


class RolloutNotFoundError(CoordinatorError):
    """There is no such roll-out."""

    slug = "rollout-not-found"


class WebhookNotFoundError(CoordinatorError):
    """There is no such webhook."""

    slug = "webhook-not-found"


class DeliveryNotFoundError(CoordinatorError):
    """There is no such delivery."""

    slug = "delivery-not-found"


class ModelNotKeptError(CoordinatorError):
    """This model is not stored."""

    slug = "model-not-kept"


class MethodNotAllowedError(CoordinatorError):
    """The path does not support this method."""

    slug = "method-not-allowed"


class NotAcceptableError(CoordinatorError):
    """None of the accepted media types is available."""

    slug = "not-acceptable"


class TooSlowError(CoordinatorError):
    """The request body arrived too slowly."""

    slug = "too-slow"


class ConflictError(CoordinatorError):
    """The request contradicts the existing state."""

    slug = "conflict"


class NameTakenError(CoordinatorError):
    """The name is taken."""

    slug = "name-taken"


class WrongStateError(CoordinatorError):
    """The run's state does not allow this."""

    slug = "wrong-state"


class InUseError(CoordinatorError):
    """Something refers to it."""

    slug = "in-use"


class StillValidError(CoordinatorError):
    """It has not ended."""

    slug = "still-valid"


class VersionInUseError(CoordinatorError):
    """The version is in use."""

    slug = "version-in-use"


class AliasInRolloutError(CoordinatorError):
    """A roll-out of the alias is in progress."""

    slug = "alias-in-rollout"


class AliasProtectedError(CoordinatorError):
    """The alias is protected."""

    slug = "alias-protected"


class RolloutStateError(CoordinatorError):
    """The roll-out's state does not allow this."""

    slug = "rollout-state"


class DefinitionChangedError(CoordinatorError):
    """The run's definition was changed meanwhile."""

    slug = "definition-changed"


class TooFewMembersError(CoordinatorError):
    """The run has too few members."""

    slug = "too-few-members"


class EvaluationClosedError(CoordinatorError):
    """The evaluation accepts no more results."""

    slug = "evaluation-closed"


class RoundClosedError(CoordinatorError):
    """The round is closed."""

    slug = "round-closed"


class RoundNotOpenError(CoordinatorError):
    """The round is not open yet."""

    slug = "round-not-open"


class AttemptClosedError(CoordinatorError):
    """This step of the attempt is over."""

    slug = "attempt-closed"


class OtherModelError(CoordinatorError):
    """The keys are for another model or plan."""

    slug = "other-model"


class StateNotKeptError(CoordinatorError):
    """The coordinator cannot know a device's state in this run."""

    slug = "state-not-kept"


class HistoryLostError(CoordinatorError):
    """The model belongs to a lost history of the run."""

    slug = "history-lost"


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
    """The request is not valid."""

    slug = "invalid"


class FixedFieldError(CoordinatorError):
    """The field cannot change."""

    slug = "fixed-field"


class InvalidFrameError(CoordinatorError):
    """The binary body is not valid."""

    slug = "invalid-frame"


class PlanExceededError(CoordinatorError):
    """The message contains more than the run's plan allows."""

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
