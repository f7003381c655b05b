package io.evenkeel.coordinator.access;

import io.evenkeel.engine.permission.Permissions;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;

/** Refuses a request and names the permissions that the caller lacks. */
public final class MissingRight extends AuthorizationDecision {

    private static final long serialVersionUID = 1;

    private final String right;
    private final String detail;

    /**
     * Creates the refusal of a request.
     *
     * @param right operator, approve, mint, {@code run} or {@code all-runs}, which docs/errors.md lists
     */
    public MissingRight(String right, String detail) {
        super(false);
        this.right = right;
        this.detail = detail;
    }

    /** Returns the missing right for a run, or null. */
    public static @Nullable MissingRight forRun(Permissions permissions, String run) {
        return permissions.runs().contain(run) ? null : ofRuns(permissions, "run", "run '" + run + "'");
    }

    /** Returns the missing right for all arms of an experiment, or null. */
    public static @Nullable MissingRight forExperiment(Permissions permissions, String experiment) {
        return permissions.runs().containArmsOf(experiment)
                ? null
                : ofRuns(permissions, "run", "the runs of experiment '" + experiment + "'");
    }

    /** Returns the missing right for a request that is not about a run, or null. */
    public static @Nullable MissingRight forAllRuns(Permissions permissions) {
        return permissions.runs().areAll() ? null : ofRuns(permissions, "all-runs", "more than runs");
    }

    private static MissingRight ofRuns(Permissions permissions, String right, String subject) {
        return new MissingRight(
                right,
                "the credentials are for the runs " + permissions.runs() + " only, but this request is about "
                        + subject);
    }

    /** Returns the problem to send as the response. */
    public ProblemException problem() {
        return ProblemKind.FORBIDDEN
                .because(
                        detail,
                        "use credentials that allow it, or ask a person who may create access tokens; GET"
                                + " /api/v1/caller shows what these allow")
                .with("right", right);
    }
}
