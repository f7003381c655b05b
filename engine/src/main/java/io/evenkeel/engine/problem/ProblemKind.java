package io.evenkeel.engine.problem;

import java.net.URI;
import java.util.Locale;

/**
 * Every type of problem in the coordinator's responses. The Javadoc of a type says when it occurs and what the caller
 * should do; {@code ProblemPageTest} generates docs/errors.md and the errors of the Python package from it.
 *
 * <p>A type's URI is {@code urn:evenkeel:problem:<slug>}. Slugs are permanent: devices in the field depend on them.
 */
public enum ProblemKind {
    /**
     * The body is not JSON, or a parameter is missing, of the wrong type or out of range. Correct it; {@code line} and
     * {@code column}, or {@code field}, say where.
     */
    MALFORMED(400, "The request cannot be read"),
    /** There is no bearer token, or it is unknown. Send {@code Authorization: Bearer TOKEN}. */
    UNAUTHENTICATED(401, "Credentials are missing or wrong"),
    /**
     * A device sent an operator's request, a viewer tried to change something, or an operator sent a device's request;
     * or the credentials lack the permission in {@code right}: {@code operator}, {@code approve}, {@code mint}, {@code
     * run} (they are for other runs) or {@code all-runs} (they are for some runs, and the request is not about a run).
     * Use credentials with the right role, or that [allow it](security.md#rights-and-runs).
     */
    FORBIDDEN(403, "These credentials do not allow this"),
    /** The operator revoked this device. Stop; enrol again if the operator gives a token. */
    CLIENT_REVOKED(403, "The client was revoked"),
    /**
     * The run's selector {@code devices.join} does not choose the device, and {@code selector} repeats it: it
     * can neither join nor read the run; an evaluation does not ask it; the device is not in the random part
     * {@code devices.part}, and {@code fraction} says where it lies; or it is [left out of
     * cohorts](secure-aggregation.md#devices-that-send-wrong-shares). With {@code selector}: report the
     * device's attributes, or have an operator label it ([devices.md](devices.md)); then join again. With
     * {@code part}: stay out of this run.
     */
    DEVICE_NOT_CHOSEN(403, "The run does not accept this device"),
    /**
     * The same credentials created the roll-out, or requested the end of the alias's protection; or one of the two
     * tokens created the other, or one operator created both. Ask another operator to do it, with an independent token
     * ([security.md](security.md#what-takes-two-operators)).
     */
    SECOND_OPERATOR_NEEDED(403, "Another operator must approve it"),
    /** The token was mistyped, belongs to another coordinator, or was revoked. Ask the operator for a token. */
    ENROLMENT_TOKEN_UNKNOWN(403, "The enrolment token is unknown"),
    /** The token was created with {@code expiresIn}, and that time has passed. Ask the operator for a token. */
    ENROLMENT_TOKEN_EXPIRED(403, "The enrolment token has expired"),
    /** The token has admitted all the devices that its {@code uses} allow. Ask the operator for a token. */
    ENROLMENT_TOKEN_USED_UP(403, "The enrolment token is used up"),
    /** The path is mistyped. Look it up in {@code /openapi.json}. */
    NOT_FOUND(404, "There is nothing at this path"),
    /** No device ever enrolled under this id. See {@code GET /api/v1/clients}. */
    CLIENT_NOT_FOUND(404, "There is no such client"),
    /** No token has this id. See {@code GET /api/v1/enrolment-tokens}. */
    ENROLMENT_TOKEN_NOT_FOUND(404, "There is no such enrolment token"),
    /** No operator's or viewer's token has this id. See {@code GET /api/v1/access-tokens}. */
    ACCESS_TOKEN_NOT_FOUND(404, "There is no such access token"),
    /** No run has this name; a device's run may have been deleted. See {@code GET /api/v1/runs}. */
    RUN_NOT_FOUND(404, "There is no such run"),
    /** No experiment has this name. See {@code GET /api/v1/experiments}. */
    EXPERIMENT_NOT_FOUND(404, "There is no such experiment"),
    /** No evaluation has this name. See {@code GET /api/v1/evaluations}. */
    EVALUATION_NOT_FOUND(404, "There is no such evaluation"),
    /** The run has not reached this round yet, or has no such round. See {@code GET /api/v1/runs/{run}/rounds}. */
    ROUND_NOT_FOUND(404, "There is no such round"),
    /** The device has not joined, has left or was removed. Join with {@code PUT …/members/me}. */
    MEMBER_NOT_FOUND(404, "The client is not a member of the run"),
    /** The registry has no model of this name. See {@code GET /api/v1/models}. */
    MODEL_NOT_FOUND(404, "There is no such registered model"),
    /** The version never existed, or was deleted. See {@code GET /api/v1/models/{model}/versions}. */
    MODEL_VERSION_NOT_FOUND(404, "There is no such version of the model"),
    /**
     * The alias was never set, or was removed, or has no earlier version to go back to. See the model's
     * {@code aliases}.
     */
    MODEL_ALIAS_NOT_FOUND(404, "The model has no such alias"),
    /** No roll-out has this id. See {@code GET /api/v1/rollouts}. */
    ROLLOUT_NOT_FOUND(404, "There is no such roll-out"),
    /** No webhook has this id. See {@code GET /api/v1/webhooks}. */
    WEBHOOK_NOT_FOUND(404, "There is no such webhook"),
    /**
     * The webhook has no delivery of this id, or it is no longer stored. See {@code GET
     * /api/v1/webhooks/{webhook}/deliveries}.
     */
    DELIVERY_NOT_FOUND(404, "There is no such delivery"),
    /**
     * The model or update of this round is no longer or not yet stored, or the run's step rule has no
     * updates. Get a newer one; a device starts from {@code …/replica}.
     */
    MODEL_NOT_KEPT(404, "This model is not stored"),
    /** The path exists, but not with this method. Use one of those in the {@code Allow} header. */
    METHOD_NOT_ALLOWED(405, "The path does not support this method"),
    /** The {@code Accept} header excludes all available types. Accept one of those in {@code detail}. */
    NOT_ACCEPTABLE(406, "None of the accepted media types is available"),
    /**
     * The body took longer than 30 seconds plus one second per 100 bytes, or no byte of it arrived for 10 seconds. Send
     * the same request again.
     */
    TOO_SLOW(408, "The request body arrived too slowly"),
    /**
     * The device has answered this round with different bytes, or repeats an enrolment whose secret was used since.
     * Keep the first message and its receipt, or the secret.
     */
    CONFLICT(409, "The request contradicts the existing state"),
    /**
     * A run, experiment, evaluation or, for an import, registered model of this name exists or is still being deleted.
     * Choose another; import into another coordinator.
     */
    NAME_TAKEN(409, "The name is taken"),
    /** For example, a run that has ended cannot be started. See the run's {@code state}. */
    WRONG_STATE(409, "The run's state does not allow this"),
    /**
     * The run to delete is an arm of an experiment, is measured by an open evaluation, or has messages that count in
     * privacy budgets ({@code privacy.dataset}). Follow {@code action}: first delete or end what refers to it, or keep
     * it.
     */
    IN_USE(409, "Something refers to it"),
    /**
     * The evaluation to delete still accepts results, the device is not revoked, or the enrolment token can still admit
     * devices. Cancel or revoke it first.
     */
    STILL_VALID(409, "It has not ended"),
    /**
     * An alias points to the version, an active roll-out needs it, or a model still has versions. Move or remove the
     * aliases that {@code aliases} lists, stop the {@code rollouts}, or delete the versions, first.
     */
    VERSION_IN_USE(409, "The version is in use"),
    /**
     * The alias cannot be moved, and no other roll-out of it can be created, until {@code rollout} is over. Stop the
     * roll-out, or wait for its end.
     */
    ALIAS_IN_ROLLOUT(409, "A roll-out of the alias is in progress"),
    /**
     * The alias is moved directly, or by a roll-out without approval; or a relay mirrors it. Create a roll-out with
     * {@code approval}, or have two operators end the protection
     * ([security.md](security.md#what-takes-two-operators)); move a mirrored alias
     * [above](relay.md#what-reaches-devices-behind-a-relay).
     */
    ALIAS_PROTECTED(409, "The alias is protected"),
    /**
     * For example, a roll-out that is not paused cannot be resumed, and one that is over accepts no report. See the
     * roll-out's {@code state}; a device drops the report.
     */
    ROLLOUT_STATE(409, "The roll-out's state does not allow this"),
    /**
     * Another operator has changed the run since the {@code revision} that the request names. Look at {@code GET
     * …/revisions}, then send the change with the {@code revision} of the response if it is still correct.
     */
    DEFINITION_CHANGED(409, "The run's definition was changed meanwhile"),
    /** Fewer devices have joined than a round needs. Wait until more have joined. */
    TOO_FEW_MEMBERS(409, "The run has too few members"),
    /**
     * The evaluation timed out, has reached its maximum, or was ended by an operator; {@code state} says which. Drop
     * the result and check in for other work.
     */
    EVALUATION_CLOSED(409, "The evaluation accepts no more results"),
    /**
     * The message, or a part of it, arrived too late. Discard it, keep the state, compute on the new round's model.
     */
    ROUND_CLOSED(409, "The round is closed"),
    /** The message is for a later round. Get the task, and answer that round. */
    ROUND_NOT_OPEN(409, "The round is not open yet"),
    /**
     * In a run with secure aggregation, the step is over or not open for this device, or another attempt is;
     * {@code openRound}, {@code openAttempt} and {@code phase} say which. Without {@code openAttempt} the
     * round is decided. Ask for the outcome ({@code GET …/outcome/me}); begin the open attempt with the same
     * staged message and new secrets, unless the device has revealed in this round.
     */
    ATTEMPT_CLOSED(409, "This step of the attempt is over"),
    /**
     * In a run with secure aggregation, the device has computed its message from a different model of the round, or
     * with a different plan, than the coordinator has; for example, the coordinator was restored from an older backup.
     * The message is not in any sum. Discard it; get the plan ({@code GET …/members/me}) and the round's model again,
     * and compute a new message. SDKs do this when they train again.
     */
    OTHER_MODEL(409, "The keys are for another model or plan"),
    /**
     * The run has secure aggregation, so the coordinator has never seen the device's messages. Restore the
     * device's encrypted copy ({@code GET …/members/me/backup}), or leave the run and join it again.
     */
    STATE_NOT_KEPT(409, "The coordinator cannot know a device's state in this run"),
    /**
     * The request names a model, by round and {@code history}, that this coordinator does not have: its database [was
     * restored to an earlier state](operations.md#restore). Nothing was changed. {@code stalled} says why the run makes
     * no progress, if it is stalled. Drop the models, replicas and the staged message of that history, report with
     * {@code PUT …/members/me/lost}, adopt the state ({@code GET …/members/me}, {@code …/members/me/state}), and ask
     * for the task. SDKs do this automatically.
     */
    HISTORY_LOST(409, "The model belongs to a lost history of the run"),
    /**
     * The message does not follow the client's last accepted one: a lost disk, a cloned device, a gap. Or an encrypted
     * copy of a state does not belong to the last accepted message. Recover with {@code GET …/members/me} and {@code
     * …/members/me/state}.
     */
    STATE_DIVERGED(409, "The device's state and the coordinator's have diverged"),
    /** The body is longer than its limit. Send less; respect the plan's {@code maxMessageBytes}. */
    TOO_LARGE(413, "The request body is too large"),
    /** The {@code Content-Type} is missing or not supported. Send one of those in {@code detail}. */
    UNSUPPORTED_MEDIA_TYPE(415, "The media type is not supported"),
    /**
     * The JSON is well-formed, but a field is unknown, of the wrong type or out of range. Correct the fields in {@code
     * field} or {@code errors}.
     */
    INVALID(422, "The request is not valid"),
    /**
     * The change of a run contains a field on which messages or steps depend; {@code errors} has the reason for each.
     * Leave the field out; for another value create a new run.
     */
    FIXED_FIELD(422, "The field cannot change"),
    /**
     * A message or model is truncated, damaged, of the wrong dimension, or contains values that are not finite. Encode
     * it again; {@code position} says where.
     */
    INVALID_FRAME(422, "The binary body is not valid"),
    /**
     * The message has more entries than the plan's compressor sends; or the device's [privacy
     * budget](privacy.md#the-budget) is spent ({@code field} is {@code sequence}). Compress as the plan requires; send
     * nothing more if the budget is spent.
     */
    PLAN_EXCEEDED(422, "The message contains more than the run's plan allows"),
    /**
     * A device, operator or viewer exceeds the limits of [security.md](security.md), or too many wrong credentials or
     * enrolments come from one address. Send the same request again after {@code Retry-After}.
     */
    TOO_MANY_REQUESTS(429, "Too many requests"),
    /**
     * A run or an export does not fit into the remaining heap; {@code neededBytes}, {@code leftBytes} and {@code
     * heapBytes} have the numbers. Follow {@code action}: finish another run, choose a smaller dimension or compressor,
     * or start with a larger {@code -Xmx}.
     */
    INSUFFICIENT_MEMORY(503, "The coordinator has too little memory for this"),
    /** More messages arrive than can be stored now. Send the same request again after {@code Retry-After}. */
    BUSY(503, "The coordinator is busy"),
    /**
     * The database does not respond, or its disk is full; the request may have taken effect, and earlier accepted
     * messages are safe. Send the same request again after {@code Retry-After}.
     */
    STORAGE_UNAVAILABLE(503, "The coordinator's storage is unavailable"),
    /**
     * A message, a checkpoint or an update in the database differs from what was written, and its run was stopped; or
     * H2's file is damaged in the given table; or the run's rows do not match its hash chain, so it is paused ({@code
     * table}, {@code round}). The operator restores a backup or imports an export.
     */
    STORAGE_DAMAGED(500, "Stored data is damaged"),
    /** A bug in the coordinator. Tell the operator the {@code id}; it is safe to repeat the request later. */
    INTERNAL(500, "The coordinator failed");

    private final int status;
    private final String title;

    ProblemKind(int status, String title) {
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

    /** Returns its HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the title, the same for every problem of this type. */
    public String title() {
        return title;
    }

    /**
     * Returns an exception to throw.
     *
     * @param detail the field or byte that was wrong, its value, and the expected value
     * @param action the action that the caller should take
     */
    public ProblemException because(String detail, String action) {
        return new ProblemException(this, detail, action);
    }
}
