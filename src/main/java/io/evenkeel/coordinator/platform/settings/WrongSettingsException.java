package io.evenkeel.coordinator.platform.settings;

import java.util.List;

/**
 * Thrown at the start if there are settings or options that nothing reads, which are named without their values, as these may be secrets; or values that
 * cannot be used.
 */
final class WrongSettingsException extends RuntimeException {

    WrongSettingsException(List<String> faults) {
        super(String.join("\n", faults));
    }
}
