package io.evenkeel.client;

import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DownloadedVersion;
import io.evenkeel.client.internal.protocol.Names;
import io.evenkeel.client.internal.state.StoredVersion;
import io.evenkeel.client.internal.work.RolloutReporter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A registered model that the device follows by an alias, created by {@link EvenkeelClient#follow}.
 *
 * <p>{@link #refresh} downloads the version that the alias points to if it is new, verifies its SHA-256 and stores it
 * in the device's state. The stored version stays until a new one is complete, so the device has a model without a
 * network, after a crash and after a damaged download.
 *
 * <p>Thread-safe: {@link #refresh} may be called while the client trains or works, and waits for a refresh in another
 * thread.
 *
 * <p>During a roll-out of the alias the device may get the new version before other devices. It reports whether it
 * could install the version, and with a {@link VersionEvaluator} also how it compares with the version in use. It keeps
 * the old version until the roll-out is over, and returns to it without a download if the roll-out stops.
 */
public final class FollowedModel {

    private final String model;
    private final String alias;
    private final Coordinator coordinator;
    private final StateStore store;
    private final ClientListener listener;
    private final Turn turn;
    private final RolloutReporter reports;
    private volatile @Nullable StoredVersion stored;

    FollowedModel(
            String model,
            String alias,
            @Nullable VersionEvaluator evaluator,
            Coordinator coordinator,
            StateStore store,
            ClientListener listener,
            Turn turn) {
        this.model = required("model", model);
        this.alias = required("alias", alias);
        this.coordinator = coordinator;
        this.store = store;
        this.listener = listener;
        this.turn = turn;
        this.reports = new RolloutReporter(model, alias, evaluator, coordinator, store);
        this.stored = StoredVersion.read(store, model, alias);
    }

    /** Runs a download exclusively: one at a time in the client. */
    interface Turn {
        boolean take(Download download) throws InterruptedException;
    }

    /** A download; returns whether there is a new version. */
    interface Download {
        boolean run() throws InterruptedException;
    }

    private static String required(String what, String name) {
        if (!Names.isName(name)) {
            throw new IllegalArgumentException(what + " is '" + name + "', expected " + Names.EXPECTED);
        }
        return name;
    }

    /** Returns the number of the stored version, empty before the first download. */
    public OptionalInt version() {
        StoredVersion kept = stored;
        return kept == null ? OptionalInt.empty() : OptionalInt.of(kept.number());
    }

    /**
     * Returns the stored version's safetensors file, not copied.
     *
     * @throws IllegalStateException before the first download
     */
    public byte[] file() {
        return kept().file();
    }

    /**
     * Returns the names of the stored version's tensors, in the order of their values.
     *
     * @throws IllegalStateException before the first download
     */
    public List<String> tensors() {
        return kept().tensors();
    }

    /**
     * Returns the values of a tensor of the stored version in row-major order; float64 values are rounded to float32.
     *
     * @throws IllegalArgumentException if there is no such tensor
     * @throws IllegalStateException before the first download
     */
    public float[] values(String tensor) {
        return kept().values(tensor);
    }

    private StoredVersion kept() {
        StoredVersion kept = stored;
        if (kept == null) {
            throw new IllegalStateException("no version of model '" + model
                    + "' is stored yet: call refresh() while the coordinator can be reached");
        }
        return kept;
    }

    /**
     * Downloads the version that the alias points to, unless it is stored. If this fails, the stored version stays.
     *
     * @return whether there is a new version
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses, such as with {@code
     *     model-alias-not-found}
     * @throws io.evenkeel.client.EvenkeelException if the coordinator cannot be reached, or the download is damaged
     * @throws EvenkeelException if the client is stopped or closed
     * @throws IllegalStateException if this thread is already refreshing a model of the client
     */
    public boolean refresh() throws InterruptedException {
        return turn.take(this::download);
    }

    private boolean download() throws InterruptedException {
        reports.send(stored);
        DownloadedVersion found = ask();
        if (install(found)) {
            return true;
        }
        // After a failure the coordinator serves the alias's version to the device.
        return !found.isKnown() && install(ask());
    }

    private DownloadedVersion ask() throws InterruptedException {
        StoredVersion before = StoredVersion.readBefore(store, model, alias);
        List<String> known = new ArrayList<>();
        for (StoredVersion kept : Arrays.asList(stored, before)) {
            if (kept != null && !known.contains(kept.sha256())) {
                known.add(kept.sha256());
            }
        }
        return coordinator.version(model, alias, known, StoredVersion.MAX_BYTES);
    }

    /** Returns whether there is a new version. */
    private boolean install(DownloadedVersion found) throws InterruptedException {
        if (found.isKnown()) {
            return stay(found);
        }
        if (!found.sha256().equals(StoredVersion.sha256(found.file()))) {
            throw new EvenkeelException("version " + found.number() + " of model '" + model
                    + "' does not have the SHA-256 that the coordinator states: try again; if it happens again, check for proxies"
                    + " between the device and the coordinator");
        }
        if (found.rollout().isEmpty()) {
            use(StoredVersion.of(found.number(), found.file()));
            StoredVersion.deleteBefore(store, model, alias);
            return true;
        }
        return tryOut(found);
    }

    /** Keeps the version in use, or returns to the previous one. */
    private boolean stay(DownloadedVersion found) {
        StoredVersion before = StoredVersion.readBefore(store, model, alias);
        StoredVersion current = stored;
        boolean isInUse = current != null && current.sha256().equals(found.sha256());
        boolean returns = false;
        if (before != null && !isInUse && before.sha256().equals(found.sha256())) {
            use(before);
            returns = true;
        }
        if (found.rollout().isEmpty()) {
            StoredVersion.deleteBefore(store, model, alias);
        }
        return returns;
    }

    private void use(StoredVersion version) {
        version.write(store, model, alias);
        stored = version;
        listener.modelInstalled(model, version.number());
    }

    /** Installs the version of a roll-out if it works, and reports. */
    private boolean tryOut(DownloadedVersion found) throws InterruptedException {
        StoredVersion before = stored;
        StoredVersion fresh;
        try {
            fresh = StoredVersion.of(found.number(), found.file());
            // Saved before the switch, so that a crash loses no report. A report on a version that is not stored is not
            // sent.
            reports.prepare(found, fresh, before);
        } catch (InterruptedException | StateException e) {
            throw e;
        } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError e) {
            String reason = reports.fail(found, e);
            listener.modelFailed(model, found.number(), reason);
            reports.send(before);
            return false;
        }
        if (before != null) {
            before.writeBefore(store, model, alias);
        }
        use(fresh);
        try {
            reports.send(fresh);
        } catch (EvenkeelException e) {
            // The version is installed; the next refresh sends the report again.
            return true;
        }
        return true;
    }
}
