package io.evenkeel.coordinator.relay;

import io.evenkeel.coordinator.lifecycle.RunView;
import io.evenkeel.coordinator.lifecycle.RunViews;
import io.evenkeel.coordinator.member.MemberQuery;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.github.bucket4j.Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reports a relay to the upstream coordinator as device attributes: its kind, the numbers of its members and of the
 * devices below it, and the bytes of its link. Reports the numbers when they change and the bytes every five minutes,
 * within the upstream limit on attribute changes. Used by one thread, except for {@link #site}.
 */
@Component
class RelayReport implements Supplier<Map<String, String>> {

    static final String MEMBERS = "relay-members";
    static final String DEVICES = RelayedDevices.DEVICES;
    static final String SENT = "relay-sent";
    static final String RECEIVED = "relay-received";

    private static final Duration BYTES_EVERY = Duration.ofMinutes(5);
    private static final int CHANGES_AT_ONCE = 20;
    private static final int CHANGES_AN_HOUR = 30;

    private final RelaySettings settings;
    private final RunViews views;
    private final MemberQuery members;
    private final RelayLink link;
    private final JsonMapper json;
    private final Clock clock;
    private final Bucket allowance = Bucket.builder()
            .addLimit(limit -> limit.capacity(CHANGES_AT_ONCE).refillGreedy(CHANGES_AN_HOUR, Duration.ofHours(1)))
            .build();
    private Map<String, String> reported = Map.of();
    private Instant reportedAt = Instant.EPOCH;

    RelayReport(
            RelaySettings settings, RunViews views, MemberQuery members, RelayLink link, JsonMapper json, Clock clock) {
        this.settings = settings;
        this.views = views;
        this.members = members;
        this.link = link;
        this.json = json;
        this.clock = clock;
    }

    /**
     * The size of the site below a relay.
     *
     * @param members the number of members of the relay's run
     * @param devices the number of devices below the relay, directly or through other relays; relays do not count
     */
    record Site(int members, long devices) {}

    /** Returns the size of this site; zeros until the relay has created its run. */
    Site site() {
        try {
            String name = Objects.requireNonNull(settings.run());
            RunView run = views.get(name);
            List<MemberQuery.OfRun> relays = members.chosenBy(RelayedDevices.RELAYS, name);
            long below = relays.stream()
                    .map(relay -> devices(relay.member().attributes(), DEVICES))
                    .filter(Objects::nonNull)
                    .mapToLong(Long::longValue)
                    .sum();
            return new Site(run.members(), run.members() - relays.size() + below);
        } catch (ProblemException e) {
            if (e.problem() != ProblemKind.RUN_NOT_FOUND) {
                throw e;
            }
            return new Site(0, 0);
        }
    }

    /**
     * Returns a number of devices that a relay reports. Returns null if the number is missing or implausibly large,
     * because a relay can report a false one.
     */
    static @Nullable Long devices(Map<String, String> attributes, String key) {
        Long devices = number(attributes, key);
        return devices == null || devices > RelayedDevices.MAX ? null : devices;
    }

    /** Returns a number that a relay reports; null if it is missing or invalid. */
    static @Nullable Long number(Map<String, String> attributes, String key) {
        String text = attributes.getOrDefault(key, "");
        return text.matches("[0-9]{1,15}") ? (Long) Long.parseLong(text) : null;
    }

    /** Loads the last report that the SDK saved in this folder, so that a restart alone does not cause another one. */
    void startFrom(Path folder) {
        Map<String, String> saved = new TreeMap<>();
        try {
            JsonNode file = json.readTree(Files.readAllBytes(folder.resolve("attributes")));
            file.path("attributes")
                    .properties()
                    .forEach(one -> saved.put(one.getKey(), one.getValue().asString()));
        } catch (IOException | JacksonException nothingReported) {
            saved.clear();
        }
        reported = saved;
        reportedAt = clock.instant();
        link.countFrom(
                Objects.requireNonNullElse(number(saved, SENT), 0L),
                Objects.requireNonNullElse(number(saved, RECEIVED), 0L));
    }

    @Override
    public Map<String, String> get() {
        Site site = site();
        Instant now = clock.instant();
        boolean changed = !String.valueOf(site.members()).equals(reported.get(MEMBERS))
                || !String.valueOf(site.devices()).equals(reported.get(DEVICES));
        boolean due = !now.isBefore(reportedAt.plus(BYTES_EVERY));
        if (reported.isEmpty() || ((changed || due) && allowance.tryConsume(1))) {
            RelayLink.Snapshot traffic = link.snapshot();
            reported = Map.of(
                    "kind",
                    "relay",
                    MEMBERS,
                    String.valueOf(site.members()),
                    DEVICES,
                    String.valueOf(site.devices()),
                    SENT,
                    String.valueOf(traffic.sent()),
                    RECEIVED,
                    String.valueOf(traffic.received()));
            reportedAt = now;
        }
        return reported;
    }
}
