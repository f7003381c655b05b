package io.evenkeel.engine.permission;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** The roles of access tokens. */
public enum AccessRole {
    /** May read and change. */
    OPERATOR("evk_op_"),

    /** May read. */
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
    public static AccessRole parse(String text) {
        return Arrays.stream(values())
                .filter(role -> role.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected operator or viewer"));
    }

    /** Returns the role's name as in requests. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the prefix of its tokens. */
    public String prefix() {
        return prefix;
    }
}
