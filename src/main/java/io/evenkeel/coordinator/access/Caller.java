package io.evenkeel.coordinator.access;

import org.jspecify.annotations.Nullable;

/** The authenticated caller of a request. */
public sealed interface Caller {

    /** Returns the role for Spring Security, without the prefix. */
    String role();

    /** Returns the caller's name in the audit log; never a secret. */
    String name();

    /**
     * A caller that may create and control runs and manage the fleet.
     *
     * @param name the name of the operator's token
     */
    record Operator(String name) implements Caller {

        /** The role's name. */
        public static final String ROLE = "OPERATOR";

        @Override
        public String role() {
            return ROLE;
        }
    }

    /**
     * A caller that may read what operators may read, but change nothing, such as Prometheus.
     *
     * @param name the name of the viewer's token
     */
    record Viewer(String name) implements Caller {

        /** The role's name. */
        public static final String ROLE = "VIEWER";

        @Override
        public String role() {
            return ROLE;
        }
    }

    /**
     * A device that enrolled. A controller takes it as {@code @AuthenticationPrincipal Caller.Device device}.
     *
     * @param client the client id
     * @param run the only run in which it may take part, null for any
     */
    record Device(String client, @Nullable String run) implements Caller {

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
