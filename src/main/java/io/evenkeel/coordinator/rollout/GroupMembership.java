package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.engine.rollout.GroupExtent;
import io.evenkeel.engine.rollout.OpenedGroup;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutGroupRule;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Reads the devices of groups, as {@link GroupExtent} defines them. Works in the caller's transaction. Thread-safe. */
@Component
class GroupMembership {

    private final ClientDirectory fleet;
    private final RelayedDevices relayed;

    GroupMembership(ClientDirectory fleet, RelayedDevices relayed) {
        this.fleet = fleet;
        this.relayed = relayed;
    }

    /**
     * Counts the devices of the next group. Reads all devices that match the selectors, twice for a group with a number
     * of devices; this takes about a second for a million devices. Works in the caller's transaction.
     *
     * @param before the groups opened so far
     */
    GroupExtent extent(Rollout rollout, List<OpenedGroup> before, Instant now) {
        RolloutDefinition rules = rollout.definition();
        RolloutGroupRule group = rules.groups().get(rollout.group());
        DeviceSelector selector = GroupExtent.selector(rules, rollout.group());
        Instant since = now.minus(rules.seenWithin());
        Map<String, Integer> sites = relayed.sites(selector);
        double bound = Objects.requireNonNullElse(group.share(), 1.0);
        if (group.devices() != null) {
            GroupExtent.NumberBound number = new GroupExtent.NumberBound(rollout.id(), group.devices(), sites);
            fleet.forEach(selector, since, number::add);
            bound = number.bound();
        }
        GroupExtent.Counter counter =
                new GroupExtent.Counter(rollout, bound, before, chosen(rules, before, since), sites);
        fleet.forEach(selector, since, counter::add);
        return counter.extent();
    }

    /** Returns the devices that match the selectors of earlier groups. */
    private Set<String> chosen(RolloutDefinition rules, List<OpenedGroup> before, Instant since) {
        Set<String> chosen = new HashSet<>();
        for (OpenedGroup opened : before) {
            if (rules.groups().get(opened.number()).selector() != null) {
                fleet.forEach(
                        GroupExtent.selector(rules, opened.number()), since, (client, isSeen) -> chosen.add(client));
            }
        }
        return chosen;
    }

    /** Returns the first opened group that contains a device. */
    OptionalInt groupOf(Rollout rollout, List<OpenedGroup> opened, String client) {
        return GroupExtent.groupOf(rollout, opened, client, attributes(rollout, client));
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
}
