package io.evenkeel.coordinator.world;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The memberships of a world's run: their devices, and their weights by round. Not thread-safe. */
final class Memberships {

    private Map<Integer, Membership> byOrdinal = new HashMap<>();
    private Map<Integer, Membership> saved = Map.of();

    /**
     * A weight that applies after a round.
     *
     * @param round the round that was open when the device requested the weight, -1 before the start
     */
    private record Change(int round, double weight) {}

    /**
     * A membership.
     *
     * @param device the index of the device
     * @param recoveries the number of times that the device had recovered its state before
     * @param changes the weights; the first applies from the first round on
     */
    record Membership(int device, int recoveries, List<Change> changes) {

        private Membership with(Change change) {
            List<Change> all = new ArrayList<>(changes);
            all.add(change);
            return new Membership(device, recoveries, List.copyOf(all));
        }

        /** Returns the weight in a round. */
        double weight(int round) {
            double weight = changes.get(0).weight();
            for (Change change : changes) {
                if (change.round() < round) {
                    weight = change.weight();
                }
            }
            return weight;
        }
    }

    /** Records the weight that a member has after a round closes. */
    void note(int ordinal, int device, int recoveries, int round, double weight) {
        Change change = new Change(round, weight);
        byOrdinal.merge(
                ordinal, new Membership(device, recoveries, List.of(change)), (before, first) -> before.with(change));
    }

    /** Returns the membership with the given ordinal. */
    Membership of(int ordinal) {
        return Objects.requireNonNull(byOrdinal.get(ordinal), () -> "nobody joined as " + ordinal);
    }

    /** Saves the memberships together with a backup of the database. */
    void save() {
        saved = Map.copyOf(byOrdinal);
    }

    /** Forgets the memberships that are not in the backup. */
    void goBack() {
        byOrdinal = new HashMap<>(saved);
    }
}
