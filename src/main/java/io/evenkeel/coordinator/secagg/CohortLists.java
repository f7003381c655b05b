package io.evenkeel.coordinator.secagg;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.engine.secagg.Attempt;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Caches the lists of an attempt that are the same for all its members. Each member requests them, or is checked
 * against them. Without a cache, the number of rows read would grow with the square of the cohort's size. A list does
 * not change once its step is over. Works in the caller's transaction. Thread-safe.
 */
@Component
class CohortLists {

    private static final long MAX_BYTES = 16 << 20;
    private static final Duration UNUSED = Duration.ofMinutes(10);

    private final CohortTable cohort;
    private final Cache<Long, Members> members = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Long attempt, Members found) -> found.frame().length)
            .expireAfterAccess(UNUSED)
            .build();
    private final Cache<Long, Sum> sums = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Long attempt, Sum found) -> found.frame().length)
            .expireAfterAccess(UNUSED)
            .build();

    CohortLists(CohortTable cohort) {
        this.cohort = cohort;
    }

    /** The members of a cohort, and the frame of their keys. */
    static final class Members {

        private final Set<Integer> ordinals;
        private final byte[] frame;

        private Members(Set<Integer> ordinals, byte[] frame) {
            this.ordinals = ordinals;
            this.frame = frame;
        }

        /** Returns the ordinals of all members. */
        Set<Integer> ordinals() {
            return ordinals;
        }

        /** Returns the frame; not copied. */
        byte[] frame() {
            return frame;
        }
    }

    /** The members in the sum of a cohort, and the frame that lists them. */
    static final class Sum {

        private final Set<Integer> included;
        private final Set<Integer> gone;
        private final byte[] frame;

        private Sum(Set<Integer> included, Set<Integer> gone, byte[] frame) {
            this.included = included;
            this.gone = gone;
            this.frame = frame;
        }

        /** Returns the ordinals of the members in the sum. */
        Set<Integer> included() {
            return included;
        }

        /** Returns the ordinals of the members that sent shares but are not in the sum. */
        Set<Integer> gone() {
            return gone;
        }

        /** Returns the frame; not copied. */
        byte[] frame() {
            return frame;
        }
    }

    /** Returns the members of an attempt whose keys have arrived. */
    Members members(Attempt attempt) {
        return members.get(attempt.id(), id -> {
            CohortKeys keys = new CohortKeys(attempt.threshold(), cohort.keys(id));
            Set<Integer> ordinals =
                    keys.members().stream().map(SignedAdvertisement::member).collect(Collectors.toUnmodifiableSet());
            return new Members(ordinals, SecAggFrames.encode(keys));
        });
    }

    /** Returns the members in the sum of an attempt whose vectors have arrived. */
    Sum sum(Attempt attempt) {
        return sums.get(attempt.id(), id -> {
            List<Integer> included = cohort.included(id);
            Set<Integer> gone = new HashSet<>(cohort.sharing(id));
            included.forEach(gone::remove);
            return new Sum(Set.copyOf(included), gone, SecAggFrames.encodeIncluded(included));
        });
    }
}
