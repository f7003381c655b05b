package io.evenkeel.coordinator.platform.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * Every type of problem the coordinator answers with; docs/errors.md explains each, and a test keeps the two equal.
 *
 * <p>A type's URI is {@code urn:evenkeel:problem:<slug>}. Slugs are permanent: devices in the field decide by them.
 */
public enum ProblemKind {
    MALFORMED(HttpStatus.BAD_REQUEST, "The request cannot be read"),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "Credentials are missing or wrong"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "These credentials do not allow this"),
    CLIENT_REVOKED(HttpStatus.FORBIDDEN, "The client was revoked"),
    DEVICE_NOT_CHOSEN(HttpStatus.FORBIDDEN, "The run does not take this device"),
    SECOND_OPERATOR_NEEDED(HttpStatus.FORBIDDEN, "Another operator has to approve it"),
    ENROLMENT_TOKEN_UNKNOWN(HttpStatus.FORBIDDEN, "The enrolment token is unknown"),
    ENROLMENT_TOKEN_EXPIRED(HttpStatus.FORBIDDEN, "The enrolment token has expired"),
    ENROLMENT_TOKEN_USED_UP(HttpStatus.FORBIDDEN, "The enrolment token is used up"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this path"),
    CLIENT_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such client"),
    ENROLMENT_TOKEN_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such enrolment token"),
    ACCESS_TOKEN_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such access token"),
    RUN_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such run"),
    EXPERIMENT_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such experiment"),
    EVALUATION_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such evaluation"),
    ROUND_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such round"),
    MEMBER_NOT_FOUND(HttpStatus.NOT_FOUND, "The client is not a member of the run"),
    MODEL_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such registered model"),
    MODEL_VERSION_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such version of the model"),
    MODEL_ALIAS_NOT_FOUND(HttpStatus.NOT_FOUND, "The model has no such alias"),
    ROLLOUT_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such roll-out"),
    WEBHOOK_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such webhook"),
    DELIVERY_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such delivery"),
    MODEL_NOT_KEPT(HttpStatus.NOT_FOUND, "This model is not kept"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The path does not take this method"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "None of the accepted media types is on offer"),
    TOO_SLOW(HttpStatus.REQUEST_TIMEOUT, "The request body came too slowly"),
    CONFLICT(HttpStatus.CONFLICT, "The request contradicts what is already there"),
    NAME_TAKEN(HttpStatus.CONFLICT, "The name is taken"),
    WRONG_STATE(HttpStatus.CONFLICT, "The run's state does not allow this"),
    IN_USE(HttpStatus.CONFLICT, "Something refers to it"),
    STILL_VALID(HttpStatus.CONFLICT, "It has not come to its end"),
    VERSION_IN_USE(HttpStatus.CONFLICT, "The version is in use"),
    ALIAS_IN_ROLLOUT(HttpStatus.CONFLICT, "A roll-out of the alias is under way"),
    ALIAS_PROTECTED(HttpStatus.CONFLICT, "The alias is protected"),
    ROLLOUT_STATE(HttpStatus.CONFLICT, "The roll-out's state does not allow this"),
    DEFINITION_CHANGED(HttpStatus.CONFLICT, "The run's definition was changed meanwhile"),
    TOO_FEW_MEMBERS(HttpStatus.CONFLICT, "The run has too few members"),
    EVALUATION_CLOSED(HttpStatus.CONFLICT, "The evaluation takes no more results"),
    ROUND_CLOSED(HttpStatus.CONFLICT, "The round is closed"),
    ROUND_NOT_OPEN(HttpStatus.CONFLICT, "The round is not open yet"),
    ATTEMPT_CLOSED(HttpStatus.CONFLICT, "This step of the attempt is over"),
    OTHER_MODEL(HttpStatus.CONFLICT, "The keys are for another model or plan"),
    STATE_NOT_KEPT(HttpStatus.CONFLICT, "The coordinator cannot know a device's state in this run"),
    HISTORY_LOST(HttpStatus.CONFLICT, "The model belongs to a lost history of the run"),
    STATE_DIVERGED(HttpStatus.CONFLICT, "The device's state and the coordinator's have diverged"),
    TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request body is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not supported"),
    INVALID(HttpStatus.UNPROCESSABLE_CONTENT, "The request says something that is not valid"),
    FIXED_FIELD(HttpStatus.UNPROCESSABLE_CONTENT, "The field cannot change"),
    INVALID_FRAME(HttpStatus.UNPROCESSABLE_CONTENT, "The binary body is not valid"),
    PLAN_EXCEEDED(HttpStatus.UNPROCESSABLE_CONTENT, "The message holds more than the run's plan allows"),
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
    INSUFFICIENT_MEMORY(HttpStatus.SERVICE_UNAVAILABLE, "The coordinator has too little memory for this"),
    BUSY(HttpStatus.SERVICE_UNAVAILABLE, "The coordinator is busy"),
    STORAGE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The coordinator's storage is unavailable"),
    STORAGE_DAMAGED(HttpStatus.INTERNAL_SERVER_ERROR, "Stored data is damaged"),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "The coordinator failed");

    private final HttpStatus status;
    private final String title;

    ProblemKind(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    /** Returns the last part of the type's URI, such as {@code round-closed}. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the type's URI. */
    public URI type() {
        return URI.create("urn:evenkeel:problem:" + slug());
    }

    /** Returns the HTTP status it is answered with. */
    public HttpStatus status() {
        return status;
    }

    /** Returns the title, the same for every problem of this type. */
    public String title() {
        return title;
    }

    /**
     * Returns an exception to throw.
     *
     * @param detail what was wrong: which field or byte, what it was, what was expected
     * @param action what the caller does now
     */
    public ProblemException because(String detail, String action) {
        return new ProblemException(this, detail, action);
    }
}
