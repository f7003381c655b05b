package io.evenkeel.coordinator.world;

import java.util.ArrayList;
import java.util.List;

/** The weights of a world's devices, round by round. A change takes effect in the round after it. Not thread-safe. */
final class Weights {

    private final List<Change> changes = new ArrayList<>();
    private List<Change> saved = List.of();

    /** The weight that a device has after a round. */
    private record Change(int device, int round, double weight) {}

    /** Records what a device's weight will be once a round closes. */
    void note(int device, int round, double weight) {
        changes.add(new Change(device, round, weight));
    }

    /** Returns a device's weight in a round. */
    double of(int device, int round) {
        double weight = 1;
        for (Change change : changes) {
            if (change.device() == device && change.round() < round) {
                weight = change.weight();
            }
        }
        return weight;
    }

    /** Records which changes a backup of the database has. */
    void save() {
        saved = List.copyOf(changes);
    }

    /** Forgets the changes that the backup does not have. */
    void goBack() {
        changes.clear();
        changes.addAll(saved);
    }
}
