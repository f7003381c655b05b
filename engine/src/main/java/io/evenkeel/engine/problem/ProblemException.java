package io.evenkeel.engine.problem;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A refusal that is returned to the caller as a problem document.
 *
 * <p>Has no stack trace, because refusals are normal, and hostile devices must not be able to make them costly. Not
 * thread-safe until thrown.
 */
public final class ProblemException extends RuntimeException {

    private final ProblemKind problem;
    private final String detail;
    private final String action;
    private final transient Map<String, Object> members = new LinkedHashMap<>();
    private @Nullable Duration retryAfter;

    ProblemException(ProblemKind problem, String detail, String action) {
        super(problem.slug() + ": " + detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
        this.action = action;
    }

    /** Adds an extension member of the document, such as {@code field}, and returns this. */
    public ProblemException with(String member, Object value) {
        members.put(member, value);
        return this;
    }

    /** Sets the {@code Retry-After} header in seconds, rounded up to at least one, and returns this. */
    public ProblemException retryAfter(Duration pause) {
        retryAfter = pause;
        return this;
    }

    /** Returns the type of problem. */
    public ProblemKind problem() {
        return problem;
    }

    /** Returns the description of the error. */
    public String detail() {
        return detail;
    }

    /** Returns the action that the caller should take. */
    public String action() {
        return action;
    }

    /** Returns the extension members in the order in which they were added. */
    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    /** Returns the time that the caller should wait before a retry, if it should retry. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
