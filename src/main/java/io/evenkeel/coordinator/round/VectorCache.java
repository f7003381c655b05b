package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.retention.MemberVector;
import io.evenkeel.coordinator.run.ReclaimableCache;
import io.evenkeel.coordinator.run.RunMemory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Caches members' vectors between the rounds of robust runs, in unused memory of the models' share. All of it is
 * released as soon as a run or other work needs it. The database has every vector; the cache only saves reading it
 * again. Thread-safe: one
 * thread at a time takes a run's vectors.
 */
@Component
class VectorCache implements ReclaimableCache {

    private static final long BYTES_BESIDE = 200;

    private final RunMemory memory;
    private final Map<Key, MemberVector> vectors = new ConcurrentHashMap<>();
    private final AtomicLong held = new AtomicLong();

    VectorCache(RunMemory memory) {
        this.memory = memory;
        memory.lendTo(this);
    }

    private record Key(long run, long member) {}

    /** Removes and returns a member's vector after a given message; null if it is not cached. */
    @Nullable
    MemberVector take(long run, Member member) {
        return remove(new Key(run, member.id()));
    }

    /** Keeps a vector, if there is memory for it. The caller may read it until the vector is taken again. */
    void keep(long run, Member member, MemberVector vector) {
        long bytes = bytes(vector);
        memory.offer(bytes, () -> {
            held.addAndGet(bytes);
            MemberVector before = vectors.put(new Key(run, member.id()), vector);
            held.addAndGet(before == null ? 0 : -bytes(before));
        });
    }

    /** Removes the vectors of all other runs. */
    void keepOnly(Collection<Long> runs) {
        for (Key key : List.copyOf(vectors.keySet())) {
            if (!runs.contains(key.run())) {
                remove(key);
            }
        }
    }

    private @Nullable MemberVector remove(Key key) {
        MemberVector vector = vectors.remove(key);
        held.addAndGet(vector == null ? 0 : -bytes(vector));
        return vector;
    }

    @Override
    public long bytes() {
        return held.get();
    }

    @Override
    public void clear() {
        List.copyOf(vectors.keySet()).forEach(this::remove);
    }

    private static long bytes(MemberVector vector) {
        return BYTES_BESIDE + (long) Double.BYTES * vector.values().length;
    }
}
