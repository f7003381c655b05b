package io.evenkeel.coordinator.platform.settings;

import java.util.List;

/**
 * Thrown at startup if there are unknown settings or options, or invalid values. The message contains the
 * names of unknown settings but not their values, because these may be secrets.
 */
final class WrongSettingsException extends RuntimeException {

    WrongSettingsException(List<String> faults) {
        super(String.join("\n", faults));
    }
}
