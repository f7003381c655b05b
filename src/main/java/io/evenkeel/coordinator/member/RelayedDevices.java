package io.evenkeel.coordinator.member;

import io.evenkeel.engine.evaluation.SiteResult;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Counts the devices behind relays. A relay is a client with the attribute {@code kind=relay}. It represents
 * the devices of its site and does not count as a device. Works in the caller's transaction. Thread-safe.
 */
@Component
public class RelayedDevices {

    /** The selector of relays. */
    public static final DeviceSelector RELAYS = DeviceSelector.parse("kind=relay");

    /** The attribute with the number of devices behind a relay. */
    public static final String DEVICES = "relay-devices";

    /** The maximum number of devices behind a relay. */
    public static final int MAX = SiteResult.MAX_DEVICES;

    private final ClientDirectory clients;
    private final RoundMembers members;

    RelayedDevices(ClientDirectory clients, RoundMembers members) {
        this.clients = clients;
        this.members = members;
    }

    /** Returns whether a client is a relay. */
    public boolean isRelay(String client) {
        ClientDirectory.Entry entry =
                clients.entries(List.of(client)).getOrDefault(client, ClientDirectory.Entry.UNKNOWN);
        return RELAYS.matches(entry.attributes().with(entry.labels()));
    }

    /** Returns the relays that match a selector, with the number of devices that each reports. */
    public Map<String, Integer> sites(DeviceSelector selector) {
        List<String> relays = new ArrayList<>();
        clients.forEach(relaysOf(selector), Instant.EPOCH, (client, isSeen) -> relays.add(client));
        Map<String, Integer> sites = new HashMap<>();
        clients.entries(relays).forEach((client, entry) -> sites.put(client, devices(entry.attributes())));
        return sites;
    }

    /**
     * Counts the devices that match a selector, including those behind relays but not the relays themselves.
     */
    public long count(DeviceSelector selector) {
        Map<String, Integer> sites = sites(selector);
        return clients.count(selector)
                - sites.size()
                + sites.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** Counts the relays without devices among the members that take part in a round and match a selector. */
    public int empty(long run, int round, DeviceSelector selector) {
        List<String> relays = new ArrayList<>();
        members.eligible(run, round, clients.devices(relaysOf(selector)), row -> relays.add(row.getString(3)));
        Map<String, ClientDirectory.Entry> known = clients.entries(relays);
        return (int) relays.stream()
                .filter(relay -> devices(known.getOrDefault(relay, ClientDirectory.Entry.UNKNOWN)
                                .attributes())
                        == 0)
                .count();
    }

    private static DeviceSelector relaysOf(DeviceSelector selector) {
        return new DeviceSelector(Stream.concat(selector.requirements().stream(), RELAYS.requirements().stream())
                .toList());
    }

    private static int devices(Attributes reported) {
        String text = reported.get(DEVICES);
        return text != null && text.matches("[0-9]{1,15}") ? (int) Math.min(MAX, Long.parseLong(text)) : 0;
    }
}
