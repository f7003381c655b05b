package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import io.evenkeel.core.privacy.PrivacyCost;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records the privacy that a device has spent, in the piece {@code privacy-ledger}: for each run the number of messages
 * sent and their cost. It belongs to the device and its data, so it outlives the runs. It is written before the message
 * is sent, so after a crash it may count one message too many, never one too few. Not thread-safe.
 */
public final class PrivacyLedger {

    private static final String NAME = "privacy-ledger";

    private final StateStore store;
    private final String run;
    private final PrivacyCost each;
    private final Map<String, Spent> runs;

    private PrivacyLedger(StateStore store, String run, PrivacyCost each, Map<String, Spent> runs) {
        this.store = store;
        this.run = run;
        this.each = each;
        this.runs = runs;
    }

    /** The privacy spent in a run. */
    private record Spent(long messages, PrivacyCost cost) {

        static final Spent NOTHING = new Spent(0, PrivacyCost.NONE);

        Spent plus(long more, PrivacyCost each) {
            return new Spent(messages + more, cost.plus(each.times(more)));
        }
    }

    /**
     * Opens the ledger for messages of a run.
     *
     * @param each the cost of one message of the run
     * @param accepted the number of messages that the coordinator has
     *     accepted: a device that lost its disk has sent at least that many
     * @throws io.evenkeel.client.StateException if the ledger is damaged
     */
    public static PrivacyLedger open(StateStore store, String run, PrivacyCost each, long accepted) {
        @Nullable
        Map<String, Spent> saved = StateFileFormat.read(store, NAME, StateFileFormat.LEDGER, PrivacyLedger::spent);
        Map<String, Spent> runs = saved == null ? new TreeMap<>() : saved;
        Spent known = runs.getOrDefault(run, Spent.NOTHING);
        long sent = Math.max(accepted, countOfEarlierVersions(store, run));
        if (sent > known.messages()) {
            runs.put(run, known.plus(sent - known.messages(), each));
        }
        return new PrivacyLedger(store, run, each, runs);
    }

    /** Earlier versions counted the messages of each run in a separate piece. */
    private static long countOfEarlierVersions(StateStore store, String run) {
        @Nullable
        Long count = StateFileFormat.read(store, run + ".released", StateFileFormat.RELEASES, in -> in.getLong());
        return count == null ? 0 : count;
    }

    /** Returns the number of messages of the run. */
    public long messages() {
        return runs.getOrDefault(run, Spent.NOTHING).messages();
    }

    /** Returns the cost of all runs together plus one more message of this run. */
    public PrivacyCost totalWithOneMore() {
        return runs.values().stream().map(Spent::cost).reduce(each, PrivacyCost::plus);
    }

    /**
     * Counts a message of the run and returns the new number of messages.
     *
     * @throws io.evenkeel.client.StateException if it cannot be saved; the message must not be sent then
     */
    public long add() {
        Spent before = runs.getOrDefault(run, Spent.NOTHING);
        Spent next = before.plus(1, each);
        Map<String, Spent> changed = new TreeMap<>(runs);
        changed.put(run, next);
        StateFileFormat.write(store, NAME, StateFileFormat.LEDGER, out -> {
            out.writeInt(changed.size());
            for (Map.Entry<String, Spent> entry : changed.entrySet()) {
                StateFileFormat.putText(out, entry.getKey());
                out.writeLong(entry.getValue().messages());
                out.writeDouble(entry.getValue().cost().rho());
                out.writeDouble(entry.getValue().cost().correction());
            }
        });
        runs.put(run, next);
        return next.messages();
    }

    private static Map<String, Spent> spent(ByteBuffer in) {
        int count = in.getInt();
        Map<String, Spent> runs = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            runs.put(
                    StateFileFormat.text(in), new Spent(in.getLong(), new PrivacyCost(in.getDouble(), in.getDouble())));
        }
        return runs;
    }
}
