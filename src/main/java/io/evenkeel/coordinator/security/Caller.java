package io.evenkeel.coordinator.security;

/** Who sent a request, once the credentials were found good. */
public sealed interface Caller {

    /** Returns the role in Spring Security's sense, without its prefix. */
    String role();

    /** Someone who may create and steer runs and manage the fleet. */
    record Operator() implements Caller {

        /** The role's name. */
        public static final String ROLE = "OPERATOR";

        @Override
        public String role() {
            return ROLE;
        }
    }

    /**
     * A device that enrolled. A controller takes it as {@code @AuthenticationPrincipal Caller.Device device}.
     *
     * @param client the client id
     */
    record Device(String client) implements Caller {

        /** The role's name. */
        public static final String ROLE = "DEVICE";

        @Override
        public String role() {
            return ROLE;
        }
    }
}
