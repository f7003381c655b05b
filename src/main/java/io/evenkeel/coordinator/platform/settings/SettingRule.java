package io.evenkeel.coordinator.platform.settings;

/** Checks values of settings as they are bound. */
public final class SettingRule {

    private SettingRule() {}

    /**
     * Refuses a value.
     *
     * @param name the setting's name after {@code evenkeel.}
     * @param holds whether the value can be used
     * @param expected the values that can be used, for people
     * @throws IllegalArgumentException if it cannot
     */
    public static void require(String name, boolean holds, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("evenkeel." + name + " is " + value + ", expected " + expected);
        }
    }
}
