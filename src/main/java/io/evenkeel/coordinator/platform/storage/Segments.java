package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.ObjectNames;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores segments: objects with the payloads of messages that arrived together. Thread-safe.
 *
 * <p>The order of the steps is the same as in {@link StoredBytes}: an object is recorded, it is written, and
 * then rows refer to it. Names are recorded in blocks, so that a segment does not need its own transaction. A
 * segment's row counts the uses and the used bytes.
 */
@Component
public class Segments {

    /**
     * The minimum length of a payload in a segment. A shorter payload takes little more space in its row than
     * its range would.
     */
    private static final long MIN_PAYLOAD = 512;

    /**
     * A segment is rewritten when its live share falls below 1 divided by this number. So the total size of
     * all segments is at most this number times their live bytes.
     */
    static final int LIVE_PART = 4;

    private static final int NAMES = 32;

    /**
     * Names are used only for the grace time divided by this number, because an unused object may be deleted
     * after the grace time.
     */
    private static final int GRACE_PARTS = 4;

    /** How long payloads stay in rows after a failure of the store. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final ObjectStore store;
    private final ObjectTable table;
    private final TransactionTemplate separate;
    private final StorageSettings settings;
    private final FailureLog failures;
    private final Clock clock;
    private final Deque<String> names = new ArrayDeque<>();
    private Instant notedAt = Instant.MIN;
    private volatile Instant pausedUntil = Instant.MIN;

    Segments(
            ObjectStore store,
            ObjectTable table,
            PlatformTransactionManager transactions,
            StorageSettings settings,
            FailureLog failures,
            Clock clock) {
        this.store = store;
        this.table = table;
        this.separate = new TransactionTemplate(transactions);
        this.separate.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.settings = settings;
        this.failures = failures;
        this.clock = clock;
    }

    /**
     * A payload in a segment.
     *
     * @param id its key in {@code message_payload}
     * @param range its location
     */
    public record Payload(long id, String range) {}

    /**
     * Writes payloads as one object if they are too long for rows in total. The object is durable when this
     * method returns. If the store fails, the payloads stay in rows, so that messages can be accepted.
     *
     * @return the range of each payload, null for one that stays in its row
     */
    public List<@Nullable String> write(List<byte[]> payloads) {
        List<byte[]> apart = payloads.stream().filter(this::isLong).toList();
        long bytes = apart.stream().mapToLong(payload -> payload.length).sum();
        boolean inRows = store.isDatabase()
                || bytes <= settings.inline().toBytes()
                || clock.instant().isBefore(pausedUntil);
        Iterator<String> ranges =
                inRows ? Collections.emptyIterator() : tryPut(apart).iterator();
        List<@Nullable String> placed = new ArrayList<>();
        for (byte[] payload : payloads) {
            placed.add(isLong(payload) && ranges.hasNext() ? ranges.next() : null);
        }
        return placed;
    }

    private boolean isLong(byte[] payload) {
        return payload.length > 0
                && payload.length >= Math.min(MIN_PAYLOAD, settings.inline().toBytes());
    }

    private List<String> tryPut(List<byte[]> payloads) {
        try {
            return put(payloads);
        } catch (ObjectStoreException e) {
            pausedUntil = clock.instant().plus(PAUSE);
            failures.warn("The object store accepted no messages, which are stored in the database meanwhile", e);
            return List.of();
        }
    }

    /**
     * Writes payloads as one object, whatever their length.
     *
     * @return the range of each
     */
    public List<String> put(List<byte[]> payloads) {
        String name = nextName();
        store.put(name, Content.joined(payloads.stream().map(Content::of).toList()));
        List<String> ranges = new ArrayList<>();
        long offset = 0;
        for (byte[] payload : payloads) {
            ranges.add(new ObjectRange(name, offset, payload.length).toString());
            offset += payload.length;
        }
        return ranges;
    }

    private synchronized String nextName() {
        Instant now = clock.instant();
        boolean isOld = now.isAfter(notedAt.plus(settings.grace().dividedBy(GRACE_PARTS))) || now.isBefore(notedAt);
        if (names.isEmpty() || isOld) {
            List<String> block = Stream.generate(() -> ObjectNames.next(now))
                    .limit(NAMES)
                    .sorted()
                    .toList();
            separate.executeWithoutResult(status -> block.forEach(name -> table.insert(name, 0)));
            names.clear();
            names.addAll(block);
            notedAt = now;
        }
        return names.remove();
    }

    /**
     * Records in the caller's transaction that rows use parts of new segments.
     *
     * @param payloads all uses of these segments
     * @throws IllegalStateException if the segments were written longer ago than the grace time and have been
     *     deleted
     */
    public void keep(List<Payload> payloads) {
        bySegment(payloads).forEach((name, parts) -> {
            if (!table.useSegment(name, parts)) {
                throw new IllegalStateException("segment " + name
                        + " was deleted before a row referred to it: make evenkeel.storage.grace longer than a"
                        + " transaction takes");
            }
        });
    }

    /**
     * A segment with few live bytes.
     *
     * @param name its name
     * @param live the number of bytes that rows refer to
     * @param first the smallest key of their payloads
     * @param last the largest key
     */
    public record Sparse(String name, long live, long first, long last) {}

    /**
     * Returns segments of which less than 1/{@value #LIVE_PART} is live, up to a limit, in the order of their
     * payloads.
     */
    public List<Sparse> sparse(int limit) {
        return table.sparseSegments(LIVE_PART, limit);
    }

    /** Records in the caller's transaction that rows no longer use parts of segments. */
    public void release(List<String> ranges) {
        List<ObjectTable.Released> released = ranges.stream()
                .map(ObjectRange::parse)
                .collect(Collectors.groupingBy(ObjectRange::name, TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(segment -> new ObjectTable.Released(
                        segment.getKey(),
                        segment.getValue().size(),
                        segment.getValue().stream()
                                .mapToLong(ObjectRange::length)
                                .sum()))
                .toList();
        table.releaseSegments(released);
    }

    private static Map<String, ObjectTable.Parts> bySegment(List<Payload> payloads) {
        List<ObjectRange> ranges = payloads.stream()
                .map(payload -> ObjectRange.parse(payload.range()))
                .toList();
        Map<String, ObjectTable.Parts> parts = new TreeMap<>();
        IntStream.range(0, ranges.size())
                .forEach(i -> parts.merge(
                        ranges.get(i).name(),
                        ObjectTable.Parts.of(payloads.get(i).id(), ranges.get(i)),
                        ObjectTable.Parts::and));
        return parts;
    }
}
