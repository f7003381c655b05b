package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.Segments;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Copies the remaining messages of sparse segments to new ones. Members are compacted at different times, and
 * a segment is deleted only with its last message. So a few remaining messages could occupy a lot of space.
 * Safe to interrupt at any point, and to run on several coordinators at once.
 */
@Component
class SegmentRewriting extends BackgroundWork {

    private static final int SEGMENTS_A_STEP = 64;
    private static final long BYTES_A_STEP = 4L << 20;

    private final MessagePayloads payloads;
    private final Segments segments;
    private final StoredBytes stored;
    private final DurableTransactions transactions;
    private final FailureLog failures;
    private final Set<String> lost = new HashSet<>();

    SegmentRewriting(
            MessagePayloads payloads,
            Segments segments,
            StoredBytes stored,
            DurableTransactions transactions,
            StorageSettings settings,
            FailureLog failures) {
        super("segment-rewriting", settings.sweep(), failures);
        this.payloads = payloads;
        this.segments = segments;
        this.stored = stored;
        this.transactions = transactions;
        this.failures = failures;
    }

    @Override
    protected void work() {
        lost.clear();
        repeatWithRests(this::step);
    }

    /** Rewrites several sparse segments as one; returns false if there is nothing to rewrite. */
    boolean step() {
        List<Segments.Payload> left = new ArrayList<>();
        List<Segments.Sparse> sparse = segments.sparse(SEGMENTS_A_STEP + lost.size());
        Map<String, byte[]> read = new HashMap<>();
        long bytes = 0;
        for (Segments.Sparse segment : sparse) {
            if (!lost.contains(segment.name()) && (left.isEmpty() || bytes + segment.live() <= BYTES_A_STEP)) {
                List<Segments.Payload> parts = payloads.in(segment);
                if (read(parts, read)) {
                    left.addAll(parts);
                    bytes += segment.live();
                } else {
                    lost.add(segment.name());
                }
            }
        }
        if (left.isEmpty()) {
            return false;
        }
        left.sort(Comparator.comparingLong(Segments.Payload::id));
        List<String> ranges = segments.put(left.stream()
                .map(part -> Objects.requireNonNull(read.get(part.range())))
                .toList());
        transactions.write(() -> payloads.move(left, ranges));
        return true;
    }

    /** A missing segment is left alone: the runs that need it pause when they read it. */
    private boolean read(List<Segments.Payload> parts, Map<String, byte[]> into) {
        try {
            into.putAll(stored.read(parts.stream().map(Segments.Payload::range).toList()));
            return true;
        } catch (MissingObjectException e) {
            failures.warn("A segment of messages cannot be rewritten, since it is not in the object store", e);
            return false;
        }
    }
}
