package io.evenkeel.client;

import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DownloadedVersion;
import io.evenkeel.client.internal.state.StoredVersion;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registered model that the device follows by an alias, created by {@link EvenkeelClient#follow}.
 *
 * <p>{@link #refresh} downloads the version that the alias names if it is a new one, verifies its SHA-256 and stores it in the device's
 * state. The stored version stays until a new one is complete, so the device has a model without a network, after a crash and after a
 * damaged download. Used by one thread at a time, as its client is.
 */
public final class FollowedModel {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

    /** 100 million values of 8 bytes, and the header. */
    private static final long MAX_BYTES = 802_000_000;

    private final String model;
    private final String alias;
    private final Coordinator coordinator;
    private final StateStore store;
    private final ClientListener listener;
    private final Turn turn;
    private @Nullable StoredVersion stored;

    FollowedModel(
            String model, String alias, Coordinator coordinator, StateStore store, ClientListener listener, Turn turn) {
        this.model = required("model", model);
        this.alias = required("alias", alias);
        this.coordinator = coordinator;
        this.store = store;
        this.listener = listener;
        this.turn = turn;
        this.stored = StoredVersion.read(store, model, alias);
    }

    /** Runs a download as the only work of the client. */
    interface Turn {
        boolean take(Download download) throws InterruptedException;
    }

    /** A download; returns whether there is a new version. */
    interface Download {
        boolean run() throws InterruptedException;
    }

    private static String required(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " is '" + name + "', expected 1 to 64 of a to z, 0 to 9 and hyphen");
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
     * Downloads the version that the alias names, unless it is stored. If this fails, the stored version stays.
     *
     * @return whether there is a new version
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses, such as with {@code model-alias-not-found}
     * @throws io.evenkeel.client.EvenkeelException if the coordinator cannot be reached, or the download is damaged
     * @throws IllegalStateException if another thread uses the client, or it is stopped or closed
     */
    public boolean refresh() throws InterruptedException {
        return turn.take(this::download);
    }

    private boolean download() throws InterruptedException {
        StoredVersion before = stored;
        DownloadedVersion found = coordinator.version(model, alias, before == null ? null : before.sha256(), MAX_BYTES);
        if (found == null) {
            return false;
        }
        StoredVersion fresh = StoredVersion.of(found.number(), found.file());
        if (!fresh.sha256().equals(found.sha256())) {
            throw new EvenkeelException("version " + found.number() + " of model '" + model
                    + "' does not have the SHA-256 that the coordinator states: try again; if this happens again, check what is"
                    + " between the device and the coordinator");
        }
        fresh.write(store, model, alias);
        stored = fresh;
        listener.modelInstalled(model, fresh.number());
        return true;
    }
}
