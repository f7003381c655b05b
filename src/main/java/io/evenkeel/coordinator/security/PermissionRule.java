package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.access.Callers;
import io.evenkeel.coordinator.access.MissingRight;
import io.evenkeel.engine.permission.AccessRight;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.permission.Permissions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/** Allows requests from operators and viewers with certain permissions. A refusal names the missing permission. */
final class PermissionRule implements AuthorizationManager<RequestAuthorizationContext> {

    /** The subject of a request, which determines the runs that it needs. */
    private interface Subject {

        /** Returns the missing permission, or null. */
        @Nullable
        MissingRight missing(Permissions permissions, Map<String, String> variables);
    }

    private final AccessRole least;
    private final Subject subject;

    private PermissionRule(AccessRole least, Subject subject) {
        this.least = least;
        this.subject = subject;
    }

    /** Returns a rule for requests about the whole coordinator. */
    static PermissionRule all(AccessRole least) {
        return new PermissionRule(least, (permissions, variables) -> MissingRight.forAllRuns(permissions));
    }

    /** Returns a rule for the run in the path. */
    static PermissionRule run(AccessRole least) {
        return new PermissionRule(
                least, (permissions, variables) -> MissingRight.forRun(permissions, variables.getOrDefault("run", "")));
    }

    /** Returns a rule for the experiment in the path, which depends on the runs of its arms. */
    static PermissionRule experiment(AccessRole least) {
        return new PermissionRule(
                least,
                (permissions, variables) ->
                        MissingRight.forExperiment(permissions, variables.getOrDefault("experiment", "")));
    }

    /** Returns a rule for requests that the controller restricts to the caller's runs. */
    static PermissionRule limitedByController(AccessRole least) {
        return new PermissionRule(least, (permissions, variables) -> null);
    }

    /** Returns a rule for requests that need a right, regardless of the role. */
    static PermissionRule right(AccessRight right) {
        return new PermissionRule(
                AccessRole.VIEWER,
                (permissions, variables) -> permissions.rights().contains(right)
                        ? null
                        : new MissingRight(
                                right.text(), "the credentials do not have the right '" + right.text() + "'"));
    }

    @Override
    public AuthorizationDecision authorize(
            Supplier<? extends @Nullable Authentication> authentication, RequestAuthorizationContext context) {
        Optional<Caller> caller = Callers.of(authentication.get());
        if (caller.isEmpty() || !(caller.get() instanceof Caller.Person person)) {
            return new AuthorizationDecision(false);
        }
        Permissions permissions = person.permissions();
        if (least == AccessRole.OPERATOR && permissions.role() == AccessRole.VIEWER) {
            return new MissingRight(
                    AccessRole.OPERATOR.text(),
                    context.getRequest().getMethod().equals("GET")
                            ? "this request is for operators, but the credentials are a viewer's"
                            : "this request changes something, but the credentials are a viewer's");
        }
        MissingRight missing = subject.missing(permissions, context.getVariables());
        return missing == null ? new AuthorizationDecision(true) : missing;
    }
}
