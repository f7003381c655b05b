package io.evenkeel.client;

import io.evenkeel.client.internal.device.CredentialsSource;
import io.evenkeel.client.internal.protocol.Credentials;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.RebaseSchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a device's saved state from its store: its credentials, and its position in runs. For diagnosis and tests;
 * training does not need it.
 *
 * <p>Not thread-safe. No client may use the store at the same time.
 */
public final class SavedDevice {

    private final StateStore store;
    private final Credentials credentials;

    private SavedDevice(StateStore store, Credentials credentials) {
        this.store = store;
        this.credentials = credentials;
    }

    /**
     * Reads the credentials from a store.
     *
     * @throws StateException if there are none, or they are damaged
     */
    public static SavedDevice in(StateStore store) {
        Credentials saved = CredentialsSource.read(store);
        if (saved == null) {
            throw new StateException(store.describe(CredentialsSource.NAME)
                    + " does not exist: no device has enrolled with this store; check the folder");
        }
        return new SavedDevice(store, saved);
    }

    /** Returns the device's id. */
    public String client() {
        return credentials.client();
    }

    /** Returns the device's bearer token, never to be logged. */
    public String secret() {
        return credentials.secret();
    }

    /**
     * Reads the device's position in a run; the initial position if nothing is saved.
     *
     * @param run the run's name
     * @param method the run's kind of error feedback
     * @param dimension the run's d, at least 1
     * @throws StateException if the saved state is damaged, or belongs to another client or another kind of run
     */
    public Position position(String run, FeedbackMethod method, int dimension) {
        return position(run, method, dimension, null);
    }

    /**
     * Reads the device's position in a run with secure aggregation.
     *
     * @param rebase the schedule on which g_i is reset to zero; null without secure aggregation
     * @throws StateException as {@link #position(String, FeedbackMethod, int)}
     */
    public Position position(String run, FeedbackMethod method, int dimension, @Nullable RebaseSchedule rebase) {
        DeviceState state = DeviceState.open(store, run, client(), method, dimension, rebase);
        return new Position(state.sequence(), state.head(), state.feedback().vectors());
    }

    /** Deletes the saved state of a run. The device recovers its state from the coordinator when it next trains. */
    public static void forget(StateStore store, String run) {
        DeviceState.forget(store, run);
    }

    /**
     * A device's position in a run: the accepted messages and the vectors of error feedback after them. Not
     * thread-safe.
     */
    public static final class Position {

        private final long sequence;
        private final long head;
        private final List<double[]> vectors;

        Position(long sequence, long head, List<double[]> vectors) {
            this.sequence = sequence;
            this.head = head;
            this.vectors = List.copyOf(vectors);
        }

        /** Returns the number of accepted messages. */
        public long sequence() {
            return sequence;
        }

        /** Returns the digest of the last accepted message, 0 if there is none. */
        public long head() {
            return head;
        }

        /**
         * Returns the vectors of error feedback, d values each, not copied; g_i is the first. Empty if the
         * method keeps none.
         */
        public List<double[]> vectors() {
            return vectors;
        }
    }
}
