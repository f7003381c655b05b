package io.evenkeel.coordinator.platform.settings;

/** Checks the values of settings during binding. */
public final class SettingRule {

    private SettingRule() {}

    /**
     * Refuses an invalid value.
     *
     * @param name the setting's name after {@code evenkeel.}
     * @param holds whether the value is valid
     * @param expected a human-readable description of the valid values
     * @throws IllegalArgumentException if it is not valid
     */
    public static void require(String name, boolean holds, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("evenkeel." + name + " is " + value + ", expected " + expected);
        }
    }
}
