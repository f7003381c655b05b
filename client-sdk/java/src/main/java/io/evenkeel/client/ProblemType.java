package io.evenkeel.client;

import java.util.Locale;

/**
 * The types of the problems that the coordinator reports when it refuses a request; docs/errors.md explains
 * each. Types are permanent; a type unknown to this client becomes {@link #OTHER}.
 */
public enum ProblemType {
    /** The request cannot be read. */
    MALFORMED,
    /** Credentials are missing or wrong. */
    UNAUTHENTICATED,
    /** The credentials do not allow this. */
    FORBIDDEN,
    /** An operator revoked the device. */
    CLIENT_REVOKED,
    /** The run's selector does not choose the device. */
    DEVICE_NOT_CHOSEN,
    /** The enrolment token is unknown. */
    ENROLMENT_TOKEN_UNKNOWN,
    /** The enrolment token has expired. */
    ENROLMENT_TOKEN_EXPIRED,
    /** The enrolment token is used up. */
    ENROLMENT_TOKEN_USED_UP,
    /** The path does not exist. */
    NOT_FOUND,
    /** The run does not exist. */
    RUN_NOT_FOUND,
    /** The experiment does not exist. */
    EXPERIMENT_NOT_FOUND,
    /** The evaluation does not exist. */
    EVALUATION_NOT_FOUND,
    /** The round does not exist. */
    ROUND_NOT_FOUND,
    /** The device is not a member of the run. */
    MEMBER_NOT_FOUND,
    /** The registered model does not exist. */
    MODEL_NOT_FOUND,
    /** The version of the registered model does not exist. */
    MODEL_VERSION_NOT_FOUND,
    /** The registered model does not have the alias. */
    MODEL_ALIAS_NOT_FOUND,
    /** The roll-out does not exist. */
    ROLLOUT_NOT_FOUND,
    /** The roll-out's state does not allow this, such as a report on one that is over. */
    ROLLOUT_STATE,
    /** The model or update is no longer stored. */
    MODEL_NOT_KEPT,
    /** The path does not support the method. */
    METHOD_NOT_ALLOWED,
    /** None of the accepted media types is available. */
    NOT_ACCEPTABLE,
    /** The request body arrived too slowly. */
    TOO_SLOW,
    /** The request contradicts existing data. */
    CONFLICT,
    /** The run's state does not allow this. */
    WRONG_STATE,
    /**
     * In secure aggregation, the device's model or plan differs from the coordinator's. Training again downloads both.
     */
    OTHER_MODEL,
    /** The evaluation is over. */
    EVALUATION_CLOSED,
    /** The round is closed. */
    ROUND_CLOSED,
    /** The round is not open yet. */
    ROUND_NOT_OPEN,
    /** A step of secure aggregation, or the whole attempt, is over for the device. */
    ATTEMPT_CLOSED,
    /** The coordinator cannot know the device's state, since it only has sums. */
    STATE_NOT_KEPT,
    /** The coordinator does not have the model that the device names: its database was restored to an earlier state. */
    HISTORY_LOST,
    /** The device and the coordinator disagree about the messages that were accepted. */
    STATE_DIVERGED,
    /** The request body is too large. */
    TOO_LARGE,
    /** The media type is not supported. */
    UNSUPPORTED_MEDIA_TYPE,
    /** A field is not valid. */
    INVALID,
    /** The binary message is not valid. */
    INVALID_FRAME,
    /** The message exceeds the limits of the run's plan. */
    PLAN_EXCEEDED,
    /** Too many requests. */
    TOO_MANY_REQUESTS,
    /** The coordinator has too little memory for this. */
    INSUFFICIENT_MEMORY,
    /** The coordinator is busy. */
    BUSY,
    /** The coordinator's storage is unavailable. */
    STORAGE_UNAVAILABLE,
    /** Data stored by the coordinator is damaged. */
    STORAGE_DAMAGED,
    /** The coordinator failed. */
    INTERNAL,
    /** A type unknown to this client, or a response that is not a coordinator's problem document. */
    OTHER;

    private static final String PREFIX = "urn:evenkeel:problem:";

    /** Returns the type of a problem document's {@code type} member. */
    static ProblemType of(String uri) {
        for (ProblemType type : values()) {
            if (type != OTHER && uri.equals(PREFIX + type.slug())) {
                return type;
            }
        }
        return OTHER;
    }

    /** Returns the last part of the problem's URN, such as {@code round-closed}. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
