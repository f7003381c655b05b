package io.evenkeel.coordinator.platform.settings;

import java.util.List;

/**
 * Thrown at startup if there are unknown settings or options, or invalid values. Unknown settings are named without
 * their values, because these may be secrets.
 */
final class WrongSettingsException extends RuntimeException {

    WrongSettingsException(List<String> faults) {
        super(String.join("\n", faults));
    }
}
