package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.run.ClientDirectory;
import io.evenkeel.coordinator.selection.Attributes;
import io.evenkeel.coordinator.selection.DeviceFraction;
import io.evenkeel.coordinator.selection.DeviceSelector;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which devices are in which group. A group by share or number has the devices whose {@link DeviceFraction} with the roll-out's id as
 * seed is below a bound, so that membership is the same on every replica and after a restart, and devices that come later join by the
 * same rule. Thread-safe.
 */
@Component
class GroupMembership {

    private final ClientDirectory fleet;

    GroupMembership(ClientDirectory fleet) {
        this.fleet = fleet;
    }

    /**
     * The devices of a group when it opens.
     *
     * @param bound devices whose fraction is below it are in the group
     * @param devices how many there are
     */
    record Extent(double bound, int devices) {}

    /**
     * Counts the devices of a group. Reads all devices that the selectors choose: about a second for a million. Works in the caller's
     * transaction.
     */
    Extent extent(Rollout rollout, int number) {
        RolloutGroupRule group = rollout.definition().groups().get(number);
        DeviceSelector selector = both(rollout.definition().selector(), group.selector());
        Integer wanted = group.devices();
        return wanted == null
                ? count(rollout, selector, group.share() == null ? 1 : group.share())
                : smallest(rollout, selector, wanted);
    }

    private Extent count(Rollout rollout, DeviceSelector selector, double bound) {
        int[] count = {0};
        fleet.forEach(selector, client -> {
            if (DeviceFraction.of(rollout.id(), client) < bound) {
                count[0]++;
            }
        });
        return new Extent(bound, count[0]);
    }

    /** Finds the bound below which so many devices are; 1 if there are fewer. */
    private Extent smallest(Rollout rollout, DeviceSelector selector, int wanted) {
        PriorityQueue<Double> smallest = new PriorityQueue<>(Comparator.reverseOrder());
        fleet.forEach(selector, client -> {
            smallest.add(DeviceFraction.of(rollout.id(), client));
            if (smallest.size() > wanted) {
                smallest.remove();
            }
        });
        Double largest = smallest.peek();
        return largest == null || smallest.size() < wanted
                ? new Extent(1, smallest.size())
                : new Extent(Math.nextUp(largest), wanted);
    }

    /** Returns the first opened group that a device is in. Works in the caller's transaction. */
    OptionalInt groupOf(Rollout rollout, List<OpenedGroup> opened, String client) {
        double fraction = DeviceFraction.of(rollout.id(), client);
        Attributes attributes = attributes(rollout, client);
        if (!both(rollout.definition().selector(), null).matches(attributes)) {
            return OptionalInt.empty();
        }
        return opened.stream()
                .filter(group -> fraction < group.bound()
                        && both(
                                        rollout.definition()
                                                .groups()
                                                .get(group.number())
                                                .selector(),
                                        null)
                                .matches(attributes))
                .mapToInt(OpenedGroup::number)
                .findFirst();
    }

    private Attributes attributes(Rollout rollout, String client) {
        boolean needed = rollout.definition().selector() != null
                || rollout.definition().groups().stream().anyMatch(group -> group.selector() != null);
        if (!needed) {
            return Attributes.NONE;
        }
        ClientDirectory.Entry entry =
                fleet.entries(List.of(client)).getOrDefault(client, ClientDirectory.Entry.UNKNOWN);
        return entry.attributes().with(entry.labels());
    }

    private static DeviceSelector both(@Nullable String first, @Nullable String second) {
        return new DeviceSelector(Stream.of(parse(first), parse(second))
                .flatMap(selector -> selector.requirements().stream())
                .toList());
    }

    private static DeviceSelector parse(@Nullable String text) {
        return text == null ? DeviceSelector.ALL : DeviceSelector.parse(text);
    }
}
