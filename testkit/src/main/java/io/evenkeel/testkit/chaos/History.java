package io.evenkeel.testkit.chaos;

import java.util.Comparator;
import java.util.List;

/**
 * Who was a member when, and with which weight. Immutable.
 *
 * @param periods memberships, in the order of their ordinals
 * @param changes what was done to devices
 */
record History(List<MembershipPeriod> periods, List<Change> changes) {

    /**
     * A membership, from joining to leaving.
     *
     * @param device which device's
     * @param client the device's id
     * @param ordinal its place in the order in which messages are added
     * @param from the first round it takes part in
     * @param to the last one, {@link Integer#MAX_VALUE} for no end
     */
    record MembershipPeriod(int device, String client, int ordinal, int from, int to) {

        boolean isActiveIn(int round) {
            return from <= round && round <= to;
        }

        /** Tells whether a message is one of this membership's. */
        boolean has(Accepted message) {
            return message.client().equals(client) && isActiveIn(message.includedIn());
        }
    }

    History {
        periods = periods.stream()
                .sorted(Comparator.comparingInt(MembershipPeriod::ordinal))
                .toList();
        changes = List.copyOf(changes);
    }

    /** Returns the history of devices that all joined before the start, in order, and stayed. */
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

    /** Returns a device's weight in a round: another one from the round after it was changed. */
    double weight(int device, int round) {
        long changed = changes.stream()
                .filter(change ->
                        change.device() == device && change.kind() == ChangeKind.REWEIGH && change.round() < round)
                .count();
        return ChaosSettings.weight(device, changed);
    }

    /** Tells whether a device had lost its disk when it answered a round. */
    boolean lostDisk(int device, int round) {
        return changes.contains(new Change(device, ChangeKind.LOSE_DISK, round));
    }
}
