package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The memberships over time with their weights. Immutable.
 *
 * @param periods memberships, in the order of their ordinals
 * @param changes the changes of memberships
 * @param relayed the weights of devices that are relays, by round; the weights of other devices follow from the changes
 */
public record History(List<MembershipPeriod> periods, List<Change> changes, Map<Integer, List<Double>> relayed) {

    /** A history without relays. */
    public History(List<MembershipPeriod> periods, List<Change> changes) {
        this(periods, changes, Map.of());
    }

    /**
     * A membership, from joining to leaving.
     *
     * @param device the device's number
     * @param client the device's id
     * @param ordinal its position in the order in which messages are added
     * @param from the first round in which it takes part
     * @param to the last round, {@link Integer#MAX_VALUE} for no end
     */
    public record MembershipPeriod(int device, String client, int ordinal, int from, int to) {

        boolean isActiveIn(int round) {
            return from <= round && round <= to;
        }

        boolean has(Accepted message) {
            return message.client().equals(client) && isActiveIn(message.includedIn());
        }
    }

    public History {
        periods = periods.stream()
                .sorted(Comparator.comparingInt(MembershipPeriod::ordinal))
                .toList();
        changes = List.copyOf(changes);
        relayed = Map.copyOf(relayed);
    }

    /** Returns the same history with the weights of relays. */
    History with(Map<Integer, List<Double>> weights) {
        return new History(periods, changes, weights);
    }

    /** Returns the history of devices that all joined before the start, in order, and never left. */
    static History of(List<String> clients) {
        return new History(
                clients.stream()
                        .map(client -> {
                            int device = clients.indexOf(client);
                            return new MembershipPeriod(device, client, device, 0, Integer.MAX_VALUE);
                        })
                        .toList(),
                List.of());
    }

    /** Returns a device's weight in a round. A change takes effect in the round after it. */
    double weight(int device, int round) {
        List<Double> weights = relayed.get(device);
        if (weights != null) {
            return weights.get(round);
        }
        long changed = changes.stream()
                .filter(change ->
                        change.device() == device && change.kind() == Change.Kind.REWEIGH && change.round() < round)
                .count();
        return ChaosSettings.weight(device, changed);
    }

    /** Returns whether a device had only the g_i that it got from the coordinator when it answered a round. */
    boolean hasOnlyMemory(int device, int round) {
        return changes.contains(new Change(device, Change.Kind.LOSE_DISK, round))
                || changes.contains(new Change(device, Change.Kind.FOLLOW, round));
    }
}
