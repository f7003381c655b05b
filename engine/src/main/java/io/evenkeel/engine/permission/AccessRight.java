package io.evenkeel.engine.permission;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** A right that a role does not include. */
public enum AccessRight {
    /** May approve other operators' roll-outs, and remove the protection of aliases together with another operator. */
    APPROVE,

    /** May create and revoke access tokens. */
    MINT;

    /**
     * Parses {@code approve} or {@code mint}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    @JsonCreator
    public static AccessRight parse(String text) {
        return Arrays.stream(values())
                .filter(right -> right.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected approve or mint"));
    }

    /** Returns the right's name as in requests. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
