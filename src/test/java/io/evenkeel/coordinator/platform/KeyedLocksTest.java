package io.evenkeel.coordinator.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class KeyedLocksTest {

    private static final int THREADS = 8;
    private static final int TIMES = 20_000;

    private final KeyedLocks<ReentrantLock> locks = new KeyedLocks<>(ReentrantLock::new);
    private final int[] counts = new int[2];

    @Test
    void aLockExistsOnlyWhileItIsUsed() {
        int during = locks.using(7, lock -> locks.using(8, other -> locks.size()));

        assertThat(during).isEqualTo(2);
        assertThat(locks.size()).isZero();
    }

    @Test
    void concurrentUsersOfAKeyGetTheSameLock() {
        boolean same = locks.using(7, lock -> locks.using(7, again -> lock == again && locks.size() == 1));

        assertThat(same).isTrue();
        assertThat(locks.size()).isZero();
    }

    @Test
    void failedWorkLeavesNoLockBehind() {
        assertThatThrownBy(() -> locks.using(7, lock -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(locks.size()).isZero();
    }

    /**
     * This test creates and removes locks all the time. If a lock were removed while a thread waits for it, two threads
     * would hold the key.
     */
    @Test
    void onlyOneThreadHoldsAKeysLock() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(THREADS);
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int key = i % counts.length;
                ends.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    for (int j = 0; j < TIMES; j++) {
                        count(key);
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(counts).containsOnly(TIMES * THREADS / counts.length);
        assertThat(locks.size()).isZero();
    }

    private void count(int key) {
        int ignored = locks.using(key, lock -> {
            lock.lock();
            try {
                return ++counts[key];
            } finally {
                lock.unlock();
            }
        });
    }
}
