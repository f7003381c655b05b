package io.evenkeel.coordinator.platform.objects;

import java.util.Locale;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a startup failure caused by the object store. */
final class StoreFailureAnalyzer extends AbstractFailureAnalyzer<UnusableStoreException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, UnusableStoreException cause) {
        String what = String.valueOf(cause.getMessage());
        return new FailureAnalysis(
                what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1),
                "Correct " + cause.settings()
                        + ", or give this process the right to write, read and delete there: see docs/storage.md.",
                failure);
    }
}
