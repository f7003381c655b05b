package io.evenkeel.coordinator.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** The roles of access tokens. */
enum AccessRole {
    /** May do everything except what is reserved for devices. */
    OPERATOR("evk_op_"),

    /** May read what an operator may read. */
    VIEWER("evk_view_");

    private final String prefix;

    AccessRole(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Parses {@code operator} or {@code viewer}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    @JsonCreator
    static AccessRole parse(String text) {
        return Arrays.stream(values())
                .filter(role -> role.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected operator or viewer"));
    }

    @JsonValue
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the prefix of its tokens. */
    String prefix() {
        return prefix;
    }

    Caller caller(String name) {
        return this == OPERATOR ? new Caller.Operator(name) : new Caller.Viewer(name);
    }
}
