package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Tracks the objects that database rows refer to but that were missing from the object store at the last
 * check. The coordinator is unhealthy while any are missing. Thread-safe.
 */
@Component
public class MissingObjects implements HealthIndicator {

    /** The advice for an operator. */
    public static final String ACTION = "restore the missing objects from a backup of the object store"
            + " (docs/storage.md#the-object-store): the run then continues automatically";

    private static final int MAX_NAMES = 10_000;
    private static final int MAX_NAMES_IN_TEXT = 1_000;

    private static final int MAX_MESSAGE = 1000;

    private final ObjectStore store;
    private final ApplicationEventPublisher events;
    private final Map<ObjectRange, Long> suspects = new ConcurrentHashMap<>();
    private volatile Found found = new Found(new TreeSet<>(), Map.of());

    MissingObjects(ObjectStore store, ApplicationEventPublisher events) {
        this.store = store;
        this.events = events;
    }

    /** Published when an object is not found, because others may be missing too. */
    public record Suspected() {}

    /**
     * The result of a check.
     *
     * @param names the objects that are missing
     * @param byRun the missing objects of each run, by the run's key
     */
    public record Found(NavigableSet<String> names, Map<Long, NavigableSet<String>> byRun) {}

    /**
     * Records that a run's object was not found, and publishes {@link Suspected} if this was not known
     * before.
     */
    void suspect(long run, ObjectRange range) {
        if (suspects.put(range, run) == null && !found.names.contains(range.name())) {
            events.publishEvent(new Suspected());
        }
    }

    /**
     * Returns the objects that could not be read, including truncated ones, which cannot be detected by
     * listing names.
     */
    public Set<ObjectRange> suspects() {
        return Set.copyOf(suspects.keySet());
    }

    /**
     * Replaces the known missing objects.
     *
     * @param cleared the objects that could not be read before and are in the store again
     */
    public void found(Found current, Collection<ObjectRange> cleared) {
        found = current;
        suspects.keySet().removeAll(cleared);
    }

    /** Returns the result of the last check. */
    public Found found() {
        return found;
    }

    /** Returns the names of the missing objects, sorted, at most 10,000. */
    public List<String> names() {
        return found.names.stream().limit(MAX_NAMES).toList();
    }

    /** Describes the missing objects of a run, as the beginning of a sentence. */
    String named(long run) {
        return text(of(run), MAX_NAMES_IN_TEXT);
    }

    /** Describes the missing objects of a run, with advice and as many names as fit into the run's message. */
    String message(long run) {
        NavigableSet<String> names = of(run);
        int max = MAX_MESSAGE / 30;
        while (max > 0 && text(names, max).length() > MAX_MESSAGE - ACTION.length() - 2) {
            max--;
        }
        return text(names, max) + "; " + ACTION;
    }

    private NavigableSet<String> of(long run) {
        NavigableSet<String> names = new TreeSet<>(found.byRun.getOrDefault(run, new TreeSet<>()));
        suspects.forEach((range, of) -> {
            if (of == run) {
                names.add(range.name());
            }
        });
        return names;
    }

    /** Describes all missing objects, as the beginning of a sentence. */
    public String all() {
        return text(found.names, MAX_NAMES_IN_TEXT);
    }

    private String text(NavigableSet<String> names, int max) {
        int more = names.size() - max;
        String which = String.join(
                ", ",
                Stream.concat(
                                names.stream().limit(max),
                                more > 0
                                        ? Stream.of("and " + more + " more, which 'evenkeel system' names")
                                        : Stream.empty())
                        .toList());
        return names.size() == 1
                ? "object " + which + " is not in the object store (" + store + "), or incomplete"
                : names.size() + " objects are not in the object store (" + store + "), or incomplete: " + which;
    }

    @Override
    public Health health() {
        return found.names.isEmpty()
                ? Health.up().build()
                : Health.down().withDetail("error", all() + "; " + ACTION).build();
    }
}
