package io.evenkeel.coordinator.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups the refused requests of each actor, so that repeated requests share one entry in the audit log. An
 * actor has at most {@value #MAX_KINDS} groups of identical requests per day; all other refused requests form
 * one more group. Not thread-safe.
 */
final class RefusedRequests {

    static final int MAX_KINDS = 100;
    static final Duration PERIOD = Duration.ofDays(1);

    /**
     * The maximum number of actors; beyond it, the actor whose last refusal is oldest is evicted and starts
     * new entries.
     */
    private static final int MAX_ACTORS = 1000;

    private final Map<String, Refusals> actors = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Refusals> eldest) {
            return size() > MAX_ACTORS;
        }
    };

    /**
     * The content of a refused request.
     *
     * @param path the path as stored in the log
     */
    public record Request(String actor, String role, String address, String method, String path) {}

    private record Kind(Request request, int status) {}

    private static final class Refusals {
        private final Instant since;
        private final Map<Kind, Group> groups = new HashMap<>();
        private @Nullable Group others;

        Refusals(Instant since) {
            this.since = since;
        }
    }

    /**
     * Refused requests that share an entry in the log.
     *
     * @param entry the entry of the newest of them
     * @param superseded the entry of the one before, or null
     * @param first the time of the first
     * @param count the number of requests
     * @param isMixed whether the requests differ, because the actor has exceeded the number of groups
     */
    record Group(long entry, @Nullable Long superseded, Instant first, long count, boolean isMixed) {

        private static Group next(@Nullable Group before, long entry, Instant now, boolean isMixed) {
            return before == null
                    ? new Group(entry, null, now, 1, isMixed)
                    : new Group(entry, before.entry, before.first, before.count + 1, isMixed);
        }
    }

    /**
     * Adds a refused request.
     *
     * @param entry its entry in the log
     * @return its group
     */
    Group add(Request request, int status, long entry, Instant now) {
        Refusals known = actors.get(request.actor());
        if (known == null || now.isBefore(known.since) || !now.isBefore(known.since.plus(PERIOD))) {
            known = new Refusals(now);
            actors.put(request.actor(), known);
        }
        Kind kind = new Kind(request, status);
        boolean isMixed = known.groups.size() >= MAX_KINDS && !known.groups.containsKey(kind);
        Group before = isMixed ? known.others : known.groups.get(kind);
        Group group = Group.next(before, entry, now, isMixed);
        if (isMixed) {
            known.others = group;
        } else {
            known.groups.put(kind, group);
        }
        return group;
    }
}
