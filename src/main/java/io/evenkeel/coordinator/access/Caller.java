package io.evenkeel.coordinator.access;

import org.jspecify.annotations.Nullable;

/** Who sent a request, once the credentials were found good. */
public sealed interface Caller {

    /** Returns the role in Spring Security's sense, without its prefix. */
    String role();

    /** Returns what the audit log calls the caller; never a secret. */
    String name();

    /**
     * Someone who may create and steer runs and manage the fleet.
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
     * Someone who may read what operators read, and change nothing; Prometheus, for instance.
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
     * @param run the one run it may take part in, null if any
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

        /** Tells whether it may ask for anything of a run. */
        boolean mayTakePartIn(@Nullable String which) {
            return run == null || run.equals(which);
        }
    }
}
