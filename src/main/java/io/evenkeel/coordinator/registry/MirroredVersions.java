package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/**
 * Registers the versions of the upstream coordinator under the same numbers, and moves aliases as it does. Every change
 * is durable when its method returns, and repeating it changes nothing. Thread-safe.
 */
@Component
public class MirroredVersions {

    private static final String WHO = "relay";
    private static final int NEWEST = 20;

    private final ModelRegistry registry;
    private final ModelVersionRepository versions;
    private final ModelFiles files;
    private final VersionDownloads downloads;
    private final RolloutTarget target;
    private final StagedVersions staged;
    private final DurableTransactions transactions;

    MirroredVersions(
            ModelRegistry registry,
            ModelVersionRepository versions,
            ModelFiles files,
            VersionDownloads downloads,
            RolloutTarget target,
            StagedVersions staged,
            DurableTransactions transactions) {
        this.registry = registry;
        this.versions = versions;
        this.files = files;
        this.downloads = downloads;
        this.target = target;
        this.staged = staged;
        this.transactions = transactions;
    }

    /**
     * A registered version.
     *
     * @param sha256 the SHA-256 of its file, in hex
     */
    public record Version(int number, String sha256) {}

    /** Returns the newest versions of a model, the newest first; empty if the model does not exist. */
    public List<Version> newest(String model) {
        return transactions.read(() ->
                versions
                        .findByModelAndVersionLessThanOrderByVersionDesc(model, Integer.MAX_VALUE, Limit.of(NEWEST))
                        .stream()
                        .map(MirroredVersions::version)
                        .toList());
    }

    public Optional<Version> find(String model, int number) {
        return transactions.read(
                () -> versions.findByModelAndVersion(model, number).map(MirroredVersions::version));
    }

    private static Version version(ModelVersion found) {
        return new Version(found.version(), found.file().sha256());
    }

    /** Returns the version that an alias refers to; empty if there is no such alias. */
    public OptionalInt named(String model, String alias) {
        return transactions.read(() -> target.find(model, alias));
    }

    /**
     * Registers a version from its file.
     *
     * @throws ProblemException {@code conflict} if another file already has this number, {@code invalid-frame} if it is
     *     not a safetensors file
     * @throws IllegalArgumentException if the file has a different SHA-256
     */
    public void add(String model, int number, String sha256, Path file) {
        StoredModelFile examined;
        try {
            examined = files.examine(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!examined.sha256().equals(sha256)) {
            throw new IllegalArgumentException("version " + number + " of model '" + model
                    + "' does not have the SHA-256 that the coordinator above states");
        }
        if (isRegistered(model, number, sha256)) {
            return;
        }
        registry.publishAs(model, number, file, examined, WHO);
    }

    /**
     * Registers a version that has the same file as one of the model's newest versions.
     *
     * @return false if none of the newest versions has this file
     * @throws ProblemException {@code conflict} if another file already has this number
     */
    public boolean copy(String model, int number, String sha256) {
        if (isRegistered(model, number, sha256)) {
            return true;
        }
        Optional<ModelVersion> same = transactions.read(() ->
                versions
                        .findByModelAndVersionLessThanOrderByVersionDesc(model, Integer.MAX_VALUE, Limit.of(NEWEST))
                        .stream()
                        .filter(version -> version.file().sha256().equals(sha256))
                        .findFirst());
        same.ifPresent(version -> registry.publishAs(
                model, number, downloads.body(version, ModelFormat.SAFETENSORS).file(), version.file(), WHO));
        return same.isPresent();
    }

    private boolean isRegistered(String model, int number, String sha256) {
        Optional<Version> known = find(model, number);
        if (known.isPresent() && !known.get().sha256().equals(sha256)) {
            throw ProblemKind.CONFLICT.because(
                    "version " + number + " of model '" + model + "' here is a different file from the one above",
                    "delete it here, or register one of the two models under another name");
        }
        return known.isPresent();
    }

    /**
     * Sets an alias to a version.
     *
     * @throws ProblemException {@code alias-protected}, or {@code alias-in-rollout} if a roll-out of the alias is active
     */
    public void move(String model, String alias, int number) {
        if (named(model, alias).equals(OptionalInt.of(number))) {
            return;
        }
        transactions.write(() -> {
            target.lock(model);
            target.requireUnprotected(model, alias);
            staged.requireNoRollout(model, alias);
            target.move(model, alias, number, "the alias above points to it", WHO);
        });
    }
}
