package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Manages registered models and their versions. Every change is durable when its method returns. Thread-safe. */
@Component
class ModelRegistry {

    private final RegisteredModelRepository models;
    private final ModelVersionRepository versions;
    private final VersionFiles files;
    private final ModelAliases aliases;
    private final StagedVersions staged;
    private final ManagedAliases managed;
    private final DurableTransactions transactions;
    private final JsonMapper json;
    private final Clock clock;

    ModelRegistry(
            RegisteredModelRepository models,
            ModelVersionRepository versions,
            VersionFiles files,
            ModelAliases aliases,
            StagedVersions staged,
            ManagedAliases managed,
            DurableTransactions transactions,
            JsonMapper json,
            Clock clock) {
        this.models = models;
        this.versions = versions;
        this.files = files;
        this.aliases = aliases;
        this.staged = staged;
        this.managed = managed;
        this.transactions = transactions;
        this.json = json;
        this.clock = clock;
    }

    /** A model and its details in a list. */
    record Listed(
            RegisteredModel model,
            long versions,
            Optional<ModelVersion> newest,
            Map<String, Integer> aliases,
            List<ProtectedAliases.Protection> protections) {}

    /** Returns up to {@code limit} models after a name, sorted by name. */
    List<Listed> list(String after, int limit) {
        return transactions.read(() -> models.findByNameGreaterThanOrderByName(after, Limit.of(limit)).stream()
                .map(this::listed)
                .toList());
    }

    /**
     * Returns a model.
     *
     * @throws ProblemException {@code model-not-found}
     */
    Listed get(String name) {
        return transactions.read(() -> listed(require(name)));
    }

    private Listed listed(RegisteredModel model) {
        String name = model.name();
        List<ModelVersion> newest =
                versions.findByModelAndVersionLessThanOrderByVersionDesc(name, Integer.MAX_VALUE, Limit.of(1));
        return new Listed(
                model,
                versions.countByModel(name),
                newest.stream().findFirst(),
                aliases.current(name),
                aliases.protections().of(name));
    }

    private RegisteredModel require(String name) {
        return models.findById(name).orElseThrow(() -> notFound(name));
    }

    static ProblemException notFound(String name) {
        return ProblemKind.MODEL_NOT_FOUND
                .because("there is no registered model '" + name + "'", "GET /api/v1/models lists the models")
                .with("model", name);
    }

    /** Creates a model, or changes the description of an existing one. */
    Listed describe(String name, @Nullable String description) {
        ensure(name);
        return transactions.write(() -> {
            RegisteredModel model = models.lock(name).orElseThrow(() -> notFound(name));
            model.describe(description);
            return listed(model);
        });
    }

    /** Creates a model if it does not exist. */
    private void ensure(String name) {
        if (transactions.read(() -> models.findById(name)).isPresent()) {
            return;
        }
        try {
            transactions.write(() -> models.saveAndFlush(new RegisteredModel(name, now())));
        } catch (DataIntegrityViolationException e) {
            // Another request has just created it.
            return;
        }
    }

    /**
     * Adds a version, and creates the model if it does not exist.
     *
     * @param source the safetensors file, which {@code examined} describes
     */
    ModelVersion publish(
            String name,
            Lineage lineage,
            Path source,
            StoredModelFile examined,
            Map<String, String> metadata,
            String who) {
        ensure(name);
        Placed file = files.place(source);
        return transactions.write(() -> {
            RegisteredModel model = models.lock(name).orElseThrow(() -> notFound(name));
            ModelVersion version = versions.saveAndFlush(new ModelVersion(
                    name, model.nextVersion(), lineage, examined, json.writeValueAsString(metadata), who, now()));
            files.save(version.id(), file);
            return version;
        });
    }

    /** Adds a version under its number from another installation. Numbers assigned here later are larger. */
    void publishAs(String name, int number, Path source, StoredModelFile examined, String who) {
        ensure(name);
        Placed file = files.place(source);
        transactions.write(() -> {
            RegisteredModel model = models.lock(name).orElseThrow(() -> notFound(name));
            model.reserve(number);
            ModelVersion version =
                    versions.saveAndFlush(new ModelVersion(name, number, Lineage.UPLOADED, examined, "{}", who, now()));
            files.save(version.id(), file);
        });
    }

    /** Returns up to {@code limit} versions before a number, the newest first. */
    List<ModelVersion> versions(String name, int before, int limit) {
        return transactions.read(() -> {
            require(name);
            return versions.findByModelAndVersionLessThanOrderByVersionDesc(name, before, Limit.of(limit));
        });
    }

    /**
     * Returns a version by its number, or by {@code @} and an alias.
     *
     * @throws ProblemException {@code model-not-found}, {@code model-version-not-found}, {@code model-alias-not-found}
     */
    ModelVersion version(String name, String version) {
        return transactions.read(() -> {
            require(name);
            return find(name, version.startsWith("@") ? aliases.resolve(name, version.substring(1)) : number(version));
        });
    }

    private ModelVersion find(String name, int number) {
        return versions.findByModelAndVersion(name, number)
                .orElseThrow(() -> ProblemKind.MODEL_VERSION_NOT_FOUND
                        .because(
                                "model '" + name + "' has no version " + number,
                                "see GET /api/v1/models/" + name + "/versions")
                        .with("version", number));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw ProblemKind.MALFORMED
                    .because("the version is '" + text + "', expected a number, or @ and an alias", "correct the path")
                    .with("field", "version");
        }
    }

    /** Replaces a version's metadata. */
    ModelVersion replaceMetadata(String name, int number, Map<String, String> metadata) {
        return locked(name, () -> {
            ModelVersion version = find(name, number);
            version.replaceMetadata(json.writeValueAsString(metadata));
            return version;
        });
    }

    /**
     * Deletes a version and its file.
     *
     * @throws ProblemException {@code version-in-use} if an alias refers to it or a roll-out needs it
     */
    void deleteVersion(String name, int number) {
        locked(name, () -> {
            ModelVersion version = find(name, number);
            aliases.requireUnnamed(name, number);
            staged.requireUnheld(name, number);
            files.delete(version.id());
            versions.delete(version);
            return true;
        });
    }

    /**
     * Deletes a model without versions, and the history of its aliases.
     *
     * @throws ProblemException {@code version-in-use} if it has versions
     */
    void delete(String name) {
        locked(name, () -> {
            long left = versions.countByModel(name);
            if (left > 0) {
                throw ProblemKind.VERSION_IN_USE.because(
                        "model '" + name + "' has " + left + (left == 1 ? " version" : " versions"),
                        "delete the versions first");
            }
            aliases.forget(name);
            models.deleteById(name);
            return true;
        });
    }

    /** Runs work with the model's row locked. */
    private <T> T locked(String name, Supplier<T> work) {
        return transactions.write(() -> {
            if (models.lock(name).isEmpty()) {
                throw notFound(name);
            }
            return work.get();
        });
    }

    /**
     * Sets an alias to a version, and returns the change.
     *
     * @throws ProblemException {@code alias-protected}, or {@code alias-in-rollout} if the alias has an active roll-out
     */
    AliasChange promote(String name, String alias, int number, @Nullable String reason, String who) {
        managed.requireUnmanaged(name, alias);
        return locked(name, () -> {
            aliases.protections().requireNone(name, alias);
            staged.requireNoRollout(name, alias);
            return aliases.set(name, alias, find(name, number).version(), reason, who);
        });
    }

    /**
     * Sets an alias back to its newest previous version that still exists, and returns the change.
     *
     * @throws ProblemException {@code alias-in-rollout} if the alias has an active roll-out
     */
    AliasChange rollBack(String name, String alias, @Nullable String reason, String who) {
        managed.requireUnmanaged(name, alias);
        return locked(name, () -> {
            staged.requireNoRollout(name, alias);
            int previous = aliases.previous(
                    name,
                    alias,
                    number -> versions.findByModelAndVersion(name, number).isPresent());
            return aliases.set(name, alias, previous, reason, who);
        });
    }

    /**
     * Removes an alias.
     *
     * @throws ProblemException {@code alias-protected}, or {@code alias-in-rollout} if the alias has an active roll-out
     */
    void removeAlias(String name, String alias, String who) {
        managed.requireUnmanaged(name, alias);
        locked(name, () -> {
            aliases.protections().requireNone(name, alias);
            staged.requireNoRollout(name, alias);
            aliases.resolve(name, alias);
            return aliases.set(name, alias, null, null, who);
        });
    }

    /**
     * Protects an alias: only approved roll-outs and roll-backs can move it from now on.
     *
     * @throws ProblemException {@code alias-in-rollout} if the alias has an active roll-out, because that may not need
     *     approval
     */
    ProtectedAliases.Protection protect(String name, String alias, String who) {
        managed.requireUnmanaged(name, alias);
        return locked(name, () -> {
            aliases.resolve(name, alias);
            staged.requireNoRollout(name, alias);
            return aliases.protections().protect(name, alias, who);
        });
    }

    /** Requests the end of an alias's protection, or ends it; see {@link ProtectedAliases#release}. */
    ProtectedAliases.Protection release(String name, String alias, String who) {
        return locked(name, () -> aliases.protections().release(name, alias, who));
    }

    /** Returns an alias's newest changes, the newest first. */
    List<AliasChange> history(String name, String alias, int limit) {
        return transactions.read(() -> {
            require(name);
            return aliases.history(name, alias, limit);
        });
    }

    // Truncates to the precision of databases, so that this response and a later read contain the same time.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
