package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.testkit.chaos.proxy.StoreTrouble;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Injects each kind of fault into an object store once in a run, spread over its messages. Not thread-safe. */
final class StoreTroubles {

    private static final List<StoreTrouble> ALL =
            List.of(StoreTrouble.SLOW, StoreTrouble.BUSY, StoreTrouble.AWAY, StoreTrouble.FULL);

    private static final int ENOUGH = 3;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final @Nullable FaultyStore store;
    private final int messages;
    private final Deque<StoreTrouble> left = new ArrayDeque<>(ALL);
    private long since;

    /**
     * @param store the store; null if there is none to disturb
     * @param messages the number of messages of the whole run
     */
    StoreTroubles(@Nullable FaultyStore store, int messages) {
        this.store = store;
        this.messages = messages;
    }

    /**
     * Starts the next fault if it is due after this number of accepted messages, and ends a fault that has affected
     * enough requests.
     */
    void follow(int accepted) {
        if (store == null) {
            return;
        }
        StoreTrouble now = store.trouble();
        if (now != StoreTrouble.NONE) {
            boolean isEnough =
                    store.counts().getOrDefault(now, 0) >= ENOUGH || System.nanoTime() - since > LONGEST.toNanos();
            if (isEnough) {
                store.suffer(StoreTrouble.NONE);
            }
        } else if (!left.isEmpty() && accepted >= messages * (ALL.size() - left.size() + 1) / (ALL.size() + 2)) {
            since = System.nanoTime();
            store.suffer(left.remove());
        }
    }

    /** Ends all faults. */
    void end() {
        if (store != null) {
            store.suffer(StoreTrouble.NONE);
        }
    }
}
