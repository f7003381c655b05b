package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.rollout.rule.OpenedGroup;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition;
import io.evenkeel.coordinator.rollout.rule.RolloutGroupRule;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceFraction;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Assigns devices to groups. A group by share or number has the devices whose {@link DeviceFraction} with the roll-out's id as
 * seed is below a bound, so membership is the same on every replica and after a restart, and applies to later devices
 * too. A relay is in a group together with all devices behind it, which are counted instead of it. Thread-safe.
 */
@Component
class GroupMembership {

    private final ClientDirectory fleet;
    private final RelayedDevices relayed;

    GroupMembership(ClientDirectory fleet, RelayedDevices relayed) {
        this.fleet = fleet;
        this.relayed = relayed;
    }

    /**
     * The devices of a group when it opens.
     *
     * @param bound devices whose fraction is below it are in the group
     * @param devices how many there are, including those of earlier groups
     * @param seen how many of these are alive, which means seen within the roll-out's time
     * @param added how many of the living ones are not in an earlier group
     */
    record Extent(double bound, int devices, int seen, int added) {}

    /**
     * Counts the devices of the next group. Reads all devices that the selectors choose, twice for a group by number,
     * which takes about a second for a million. Works in the caller's transaction.
     *
     * @param before the groups that have been opened
     */
    Extent extent(Rollout rollout, List<OpenedGroup> before, Instant now) {
        RolloutDefinition rules = rollout.definition();
        RolloutGroupRule group = rules.groups().get(rollout.group());
        DeviceSelector selector = both(rules.selector(), group.selector());
        Instant since = now.minus(rules.seenWithin());
        Map<String, Integer> sites = relayed.sites(selector);
        double bound = group.devices() == null
                ? Objects.requireNonNullElse(group.share(), 1.0)
                : smallest(rollout, selector, since, group.devices(), sites);
        double boundBefore = before.stream()
                .filter(opened -> rules.groups().get(opened.number()).selector() == null)
                .mapToDouble(OpenedGroup::bound)
                .max()
                .orElse(0);
        Set<String> chosenBefore = chosen(rules, before, since);
        long[] count = {0, 0, 0};
        fleet.forEach(selector, since, (client, isSeen) -> {
            double fraction = DeviceFraction.of(rollout.id(), client);
            if (fraction < bound) {
                int devices = sites.getOrDefault(client, 1);
                count[0] += devices;
                count[1] += isSeen ? devices : 0;
                count[2] += isSeen && fraction >= boundBefore && !chosenBefore.contains(client) ? devices : 0;
            }
        });
        return new Extent(bound, number(count[0]), number(count[1]), number(count[2]));
    }

    private static int number(long count) {
        return (int) Math.min(Integer.MAX_VALUE, count);
    }

    private record Place(double fraction, int devices) {}

    /** Finds the smallest bound that includes at least a number of living devices; 1 if there are fewer. */
    private double smallest(
            Rollout rollout, DeviceSelector selector, Instant since, int wanted, Map<String, Integer> sites) {
        PriorityQueue<Place> smallest =
                new PriorityQueue<>(Comparator.comparingDouble(Place::fraction).reversed());
        long[] below = {0};
        fleet.forEach(selector, since, (client, isSeen) -> {
            if (isSeen) {
                Place place = new Place(DeviceFraction.of(rollout.id(), client), sites.getOrDefault(client, 1));
                smallest.add(place);
                below[0] += place.devices();
            }
            while (!smallest.isEmpty() && below[0] - smallest.peek().devices() >= wanted) {
                below[0] -= smallest.remove().devices();
            }
        });
        Place largest = smallest.peek();
        return largest == null || below[0] < wanted ? 1 : Math.nextUp(largest.fraction());
    }

    /** Returns the devices that the selectors of earlier groups choose. */
    private Set<String> chosen(RolloutDefinition rules, List<OpenedGroup> before, Instant since) {
        Set<String> chosen = new HashSet<>();
        for (OpenedGroup opened : before) {
            String own = rules.groups().get(opened.number()).selector();
            if (own != null) {
                fleet.forEach(both(rules.selector(), own), since, (client, isSeen) -> chosen.add(client));
            }
        }
        return chosen;
    }

    /** Returns the first opened group that contains a device. Works in the caller's transaction. */
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
