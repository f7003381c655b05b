package io.evenkeel.coordinator.platform.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a startup failure caused by unknown settings or wrong values. */
final class WrongSettingsFailureAnalyzer extends AbstractFailureAnalyzer<WrongSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, WrongSettingsException unknown) {
        return new FailureAnalysis(
                "These settings are unknown, incomplete or have a wrong value:\n\n" + unknown.getMessage(),
                "Correct them or leave them out. Settings are described in docs/settings.md, those of Spring Boot in its"
                        + " reference.",
                unknown);
    }
}
