package io.evenkeel.coordinator.registry;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.OptionalInt;
import org.springframework.stereotype.Component;

/** Reads and changes models for roll-outs. Works in the caller's transaction. Thread-safe. */
@Component
public class RolloutTarget {

    private final RegisteredModelRepository models;
    private final ModelVersionRepository versions;
    private final ModelAliases aliases;
    private final ManagedAliases managed;

    RolloutTarget(
            RegisteredModelRepository models,
            ModelVersionRepository versions,
            ModelAliases aliases,
            ManagedAliases managed) {
        this.models = models;
        this.versions = versions;
        this.aliases = aliases;
        this.managed = managed;
    }

    /**
     * Locks a model until the transaction ends, so that its versions and aliases do not change; must be the
     * transaction's first access to it.
     *
     * @throws ProblemException {@code model-not-found}
     */
    public void lock(String model) {
        if (models.lock(model).isEmpty()) {
            throw ModelRegistry.notFound(model);
        }
    }

    /**
     * Returns the version of an alias.
     *
     * @throws ProblemException {@code model-alias-not-found}
     */
    public int named(String model, String alias) {
        return aliases.resolve(model, alias);
    }

    /** Returns the version of an alias; empty if the alias does not exist. */
    OptionalInt find(String model, String alias) {
        return aliases.find(model, alias);
    }

    /**
     * Checks that a model has a version.
     *
     * @throws ProblemException {@code model-version-not-found}
     */
    public void requireVersion(String model, int version) {
        if (versions.findByModelAndVersion(model, version).isEmpty()) {
            throw ProblemKind.MODEL_VERSION_NOT_FOUND
                    .because(
                            "model '" + model + "' has no version " + version,
                            "see GET /api/v1/models/" + model + "/versions")
                    .with("version", version);
        }
    }

    /**
     * Checks that operators may roll versions out to an alias.
     *
     * @throws ProblemException {@code alias-protected} if the system moves it
     */
    public void requireUnmanaged(String model, String alias) {
        managed.requireUnmanaged(model, alias);
    }

    /**
     * Checks that an alias may be moved without the approval of another operator.
     *
     * @throws ProblemException {@code alias-protected}
     */
    public void requireUnprotected(String model, String alias) {
        aliases.protections().requireNone(model, alias);
    }

    /** Protects an alias. */
    public void protect(String model, String alias, String who) {
        if (aliases.protections().find(model, alias).isEmpty()) {
            aliases.protections().protect(model, alias, who);
        }
    }

    /** Sets an alias to a version. */
    public void move(String model, String alias, int version, String reason, String who) {
        aliases.set(model, alias, version, reason, who);
    }
}
