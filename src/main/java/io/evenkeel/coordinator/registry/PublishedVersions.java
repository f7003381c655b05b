package io.evenkeel.coordinator.registry;

import io.evenkeel.engine.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds versions of registered models for other features. Thread-safe. */
@Component
public class PublishedVersions {

    private final ModelRegistry registry;

    PublishedVersions(ModelRegistry registry) {
        this.registry = registry;
    }

    /**
     * A version of a registered model.
     *
     * @param number its number
     * @param run the run that produced it; null if it was uploaded
     */
    public record Version(int number, @Nullable String run) {}

    /**
     * Returns a version.
     *
     * @param version its number, or {@code @} and an alias
     * @throws ProblemException {@code model-not-found}, {@code model-version-not-found}, {@code model-alias-not-found}
     */
    public Version resolve(String model, String version) {
        ModelVersion found = registry.version(model, version);
        return new Version(found.version(), found.lineage().run());
    }
}
