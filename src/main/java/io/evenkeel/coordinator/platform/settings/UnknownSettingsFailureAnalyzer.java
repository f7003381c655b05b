package io.evenkeel.coordinator.platform.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a start that was refused because of unknown settings. */
final class UnknownSettingsFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, UnknownSettingsException unknown) {
        return new FailureAnalysis(
                "These settings are unknown or incomplete:\n\n" + unknown.getMessage(),
                "Correct them or leave them out. Settings are described in docs/settings.md, those of Spring Boot in its"
                        + " reference.",
                unknown);
    }
}
