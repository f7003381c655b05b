package io.evenkeel.client.internal.protocol;

import java.util.regex.Pattern;

/**
 * The names of runs, models and evaluations. Pieces of the device's state are named after them, so invalid names are
 * refused.
 */
public final class Names {

    /** The syntax of a name, for error messages. */
    public static final String EXPECTED = "1 to 64 of a to z, 0 to 9 and hyphen";

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

    private Names() {}

    /** Returns whether a string is a name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }
}
