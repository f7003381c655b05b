package io.evenkeel.coordinator.access;

import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.permission.Permissions;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import org.jspecify.annotations.Nullable;

/** The authenticated caller of a request. */
public sealed interface Caller {

    /** Returns the role for Spring Security, without the prefix. */
    String role();

    /** Returns the caller's name in the audit log; never a secret. */
    String name();

    /** An operator or a viewer. */
    sealed interface Person extends Caller {

        /** Returns an operator or a viewer, depending on the role in the permissions. */
        static Person of(String name, Permissions permissions) {
            return permissions.role() == AccessRole.OPERATOR
                    ? new Operator(name, permissions)
                    : new Viewer(name, permissions);
        }

        /** Returns the caller's permissions. */
        Permissions permissions();

        @Override
        default String role() {
            return permissions().role().name();
        }

        /**
         * Checks that the caller may use a run that is not in the path.
         *
         * @throws io.evenkeel.engine.problem.ProblemException {@code forbidden}
         */
        default void requireRun(String run) {
            require(MissingRight.forRun(permissions(), run));
        }

        /**
         * Checks that the caller may use all runs of an experiment that is not in the path.
         *
         * @throws io.evenkeel.engine.problem.ProblemException {@code forbidden}
         */
        default void requireExperiment(String experiment) {
            require(MissingRight.forExperiment(permissions(), experiment));
        }

        private static void require(@Nullable MissingRight missing) {
            if (missing != null) {
                throw missing.problem();
            }
        }
    }

    /**
     * A caller that may read and change data.
     *
     * @param name the name of the operator's token
     */
    record Operator(String name, Permissions permissions) implements Person {}

    /**
     * A caller that may only read, such as Prometheus.
     *
     * @param name the name of the viewer's token
     */
    record Viewer(String name, Permissions permissions) implements Person {}

    /**
     * A device that enrolled. A controller declares it as the parameter {@code @AuthenticationPrincipal Caller.Device
     * device}.
     *
     * @param client the client id
     * @param run the only run in which it may take part, null for any
     */
    record Device(String client, @Nullable String run) implements Caller {

        /**
         * Returns the problem for a device that enrolled for one run and requested something else.
         *
         * @param what the reason for the refusal, as the end of a sentence
         */
        public ProblemException outsideItsRun(String what) {
            return ProblemKind.FORBIDDEN
                    .because(
                            "device " + client + " enrolled for run '" + run + "' only, but " + what,
                            "to use it elsewhere, enrol it anew with a token without a run ('evenkeel tokens create'),"
                                    + " from an empty state folder")
                    .with("client", client);
        }

        /** The role's name. */
        public static final String ROLE = "DEVICE";

        @Override
        public String role() {
            return ROLE;
        }

        @Override
        public String name() {
            return client;
        }

        /** Returns whether it may access a run. */
        public boolean mayTakePartIn(@Nullable String which) {
            return run == null || run.equals(which);
        }
    }
}
