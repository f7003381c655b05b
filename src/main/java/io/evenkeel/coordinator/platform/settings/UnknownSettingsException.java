package io.evenkeel.coordinator.platform.settings;

import java.util.List;

/** Thrown at the start if there are settings or options that nothing reads; names each, but no value, as it may be a secret. */
final class UnknownSettingsException extends RuntimeException {

    UnknownSettingsException(List<String> faults) {
        super(String.join("\n", faults));
    }
}
