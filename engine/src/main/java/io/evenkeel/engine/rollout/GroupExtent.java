package io.evenkeel.engine.rollout;

import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceFraction;
import io.evenkeel.engine.selection.DeviceSelector;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a group when it opens. A group by share or number has the devices whose
 * {@link DeviceFraction} with the roll-out's id as seed is below a bound, so membership is the same on every
 * replica and after a restart, and applies to later devices too. A relay is in a group together with all
 * devices behind it, which are counted instead of it.
 *
 * @param bound devices whose fraction is below it are in the group
 * @param devices the number of devices, including those of earlier groups
 * @param seen the number of these that are alive, which means seen within the roll-out's time
 * @param added the number of live devices that are not in an earlier group
 */
public record GroupExtent(double bound, int devices, int seen, int added) {

    /** Returns the selector of a group's devices, which includes the roll-out's requirements. */
    public static DeviceSelector selector(RolloutDefinition rules, int group) {
        return both(rules.selector(), rules.groups().get(group).selector());
    }

    /**
     * Returns the first opened group that contains a device.
     *
     * @param attributes the device's attributes and labels; they may be empty if no selector needs them
     */
    public static OptionalInt groupOf(Rollout rollout, List<OpenedGroup> opened, String client, Attributes attributes) {
        double fraction = DeviceFraction.of(rollout.id(), client);
        return opened.stream()
                .filter(group -> fraction < group.bound()
                        && selector(rollout.definition(), group.number()).matches(attributes))
                .mapToInt(OpenedGroup::number)
                .findFirst();
    }

    private static DeviceSelector both(@Nullable String first, @Nullable String second) {
        return new DeviceSelector(Stream.of(parse(first), parse(second))
                .flatMap(selector -> selector.requirements().stream())
                .toList());
    }

    private static DeviceSelector parse(@Nullable String text) {
        return text == null ? DeviceSelector.ALL : DeviceSelector.parse(text);
    }

    /** Finds the smallest bound that includes at least a given number of live devices. Not thread-safe. */
    public static final class NumberBound {

        private final String rollout;
        private final int wanted;
        private final Map<String, Integer> sites;
        private final PriorityQueue<Place> smallest =
                new PriorityQueue<>(Comparator.comparingDouble(Place::fraction).reversed());
        private long below;

        private record Place(double fraction, int devices) {}

        /** Starts with no devices; {@code sites} has the numbers of devices behind relays. */
        public NumberBound(String rollout, int wanted, Map<String, Integer> sites) {
            this.rollout = rollout;
            this.wanted = wanted;
            this.sites = sites;
        }

        /** Adds a device that the selectors choose. */
        public void add(String client, boolean isSeen) {
            if (isSeen) {
                Place place = new Place(DeviceFraction.of(rollout, client), sites.getOrDefault(client, 1));
                smallest.add(place);
                below += place.devices();
            }
            while (!smallest.isEmpty() && below - smallest.peek().devices() >= wanted) {
                below -= smallest.remove().devices();
            }
        }

        /** Returns the bound; 1 if there are fewer devices. */
        public double bound() {
            Place largest = smallest.peek();
            return largest == null || below < wanted ? 1 : Math.nextUp(largest.fraction());
        }
    }

    /** Counts the devices of a group. Not thread-safe. */
    public static final class Counter {

        private final Rollout rollout;
        private final double bound;
        private final double boundBefore;
        private final Set<String> chosenBefore;
        private final Map<String, Integer> sites;
        private long devices;
        private long seen;
        private long added;

        /**
         * Starts with no devices.
         *
         * @param before the groups that have been opened
         * @param chosenBefore the devices that their selectors choose
         * @param sites the numbers of devices behind relays
         */
        public Counter(
                Rollout rollout,
                double bound,
                List<OpenedGroup> before,
                Set<String> chosenBefore,
                Map<String, Integer> sites) {
            this.rollout = rollout;
            this.bound = bound;
            this.boundBefore = before.stream()
                    .filter(opened ->
                            rollout.definition().groups().get(opened.number()).selector() == null)
                    .mapToDouble(OpenedGroup::bound)
                    .max()
                    .orElse(0);
            this.chosenBefore = chosenBefore;
            this.sites = sites;
        }

        /** Adds a device that the selectors choose. */
        public void add(String client, boolean isSeen) {
            double fraction = DeviceFraction.of(rollout.id(), client);
            if (fraction < bound) {
                int count = sites.getOrDefault(client, 1);
                devices += count;
                seen += isSeen ? count : 0;
                added += isSeen && fraction >= boundBefore && !chosenBefore.contains(client) ? count : 0;
            }
        }

        /** Returns the counts so far. */
        public GroupExtent extent() {
            return new GroupExtent(bound, number(devices), number(seen), number(added));
        }

        private static int number(long count) {
            return (int) Math.min(Integer.MAX_VALUE, count);
        }
    }
}
