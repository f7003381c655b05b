package io.evenkeel.coordinator.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** What the bearer of an access token may do. */
enum AccessRole {
    /** Everything that is not a device's. */
    OPERATOR("evk_op_"),

    /** Reading what an operator reads. */
    VIEWER("evk_view_");

    private final String prefix;

    AccessRole(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Reads {@code operator} or {@code viewer}.
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

    /** Returns what its tokens begin with. */
    String prefix() {
        return prefix;
    }

    Caller caller(String name) {
        return this == OPERATOR ? new Caller.Operator(name) : new Caller.Viewer(name);
    }
}
