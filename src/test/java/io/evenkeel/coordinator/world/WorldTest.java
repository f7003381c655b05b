package io.evenkeel.coordinator.world;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.evenkeel.coordinator.testing.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Runs simulated worlds. {@code -Devenkeel.world.seeds=N} runs N worlds, {@code -Devenkeel.world.first=SEED} begins
 * with another seed, and {@code -Devenkeel.world.also=SEED} runs as many again, beginning with that seed. A failing
 * world is repeated with fewer and fewer faults, and its transcript is written to {@code target/world}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class WorldTest {

    private static final int SEEDS = Integer.getInteger("evenkeel.world.seeds", 4);
    private static final long FIRST = Long.getLong("evenkeel.world.first", 1);
    private static final @Nullable Long ALSO = Long.getLong("evenkeel.world.also");

    /** The number of worlds that run at once; they share nothing. */
    private static final int WORKERS = 2;

    /** The number of worlds after which a worker creates a new database, since each run leaves its rows behind. */
    private static final int SEEDS_OF_A_MACHINE = 20;

    private static final int MAX_ATTEMPTS = Integer.getInteger("evenkeel.world.attempts", 40);

    private static final AtomicInteger MACHINES = new AtomicInteger();

    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level level = root.getLevel();

    @BeforeEach
    void logNothing() {
        root.setLevel(Level.OFF);
    }

    @AfterEach
    void logAgain() {
        root.setLevel(level);
    }

    @Test
    void nothingIsLostOrCountedTwiceWhateverFails() throws InterruptedException {
        run(
                SEEDS,
                () -> new Machine(
                        "jdbc:h2:mem:world" + MACHINES.incrementAndGet() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000", 1));
    }

    @Test
    void nothingIsLostOrCountedTwiceWithTwoCoordinatorsIfOneIsIsolated() throws InterruptedException {
        run(SEEDS / 4, () -> new Machine(Postgres.shared().newDatabase(), 2));
    }

    private static void run(int seeds, Supplier<Machine> newMachine) throws InterruptedException {
        Queue<Long> left = new ConcurrentLinkedQueue<>();
        LongStream.range(FIRST, FIRST + seeds).forEach(left::add);
        if (ALSO != null) {
            LongStream.range(ALSO, ALSO + seeds).forEach(left::add);
        }
        System.out.println("worlds with the seeds " + left);
        Tally tally = new Tally();
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Callable<Void>> tasks = Collections.nCopies(Math.min(WORKERS, left.size()), () -> {
                run(left, newMachine, tally);
                return null;
            });
            for (Future<Void> ended : workers.invokeAll(tasks)) {
                ended.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AssertionError failure ? failure : new AssertionError(e);
        } finally {
            workers.shutdownNow();
        }
        System.out.println(tally);
    }

    private static void run(Queue<Long> left, Supplier<Machine> newMachine, Tally tally) {
        Machine machine = newMachine.get();
        try {
            @Nullable Long seed = left.poll();
            for (int i = 1; seed != null; i++) {
                World world = new World(seed, "world-" + i, machine, new BitSet());
                AssertionError failure = failure(world);
                if (failure != null) {
                    left.clear();
                    throw shrunk(seed, world, failure, newMachine);
                }
                tally.add(world);
                if (i % SEEDS_OF_A_MACHINE == 0) {
                    machine.close();
                    machine = newMachine.get();
                }
                seed = left.poll();
            }
        } finally {
            machine.close();
        }
    }

    /** The number of worlds, events and faults, and the time since the start. Thread-safe. */
    private static final class Tally {

        private static final double HOUR = Duration.ofHours(1).toNanos();

        private final Map<WorldFaults.Kind, Integer> faults = new EnumMap<>(WorldFaults.Kind.class);
        private final long began = System.nanoTime();
        private int worlds;
        private long events;

        synchronized void add(World world) {
            world.faults().happened().forEach((kind, times) -> faults.merge(kind, times, Integer::sum));
            worlds++;
            events += world.events();
        }

        @Override
        public synchronized String toString() {
            double hours = (System.nanoTime() - began) / HOUR;
            int all = faults.values().stream().mapToInt(Integer::intValue).sum();
            return String.format(
                    Locale.ROOT,
                    "%,d worlds with %,d events and %,d faults; in an hour %,.0f events and %,.0f faults: %s",
                    worlds,
                    events,
                    all,
                    events / hours,
                    all / hours,
                    faults);
        }
    }

    private static @Nullable AssertionError failure(World world) {
        try {
            world.run();
            return null;
        } catch (AssertionError e) {
            return e;
        } catch (RuntimeException e) {
            return new AssertionError(e.toString(), e);
        }
    }

    /**
     * Repeats a failing world with fewer faults for as long as it fails, and describes the failure with the fewest
     * faults.
     */
    private static AssertionError shrunk(long seed, World world, AssertionError failure, Supplier<Machine> newMachine) {
        BitSet omitted = new BitSet();
        World shortest = world;
        AssertionError last = failure;
        int attempts = 0;
        for (int part = world.faults().count(); part > 0 && attempts < MAX_ATTEMPTS; part /= 2) {
            for (int from = 0; from < shortest.faults().count(); from += part) {
                BitSet more = (BitSet) omitted.clone();
                more.set(from, from + part);
                if (more.equals(omitted) || ++attempts > MAX_ATTEMPTS) {
                    continue;
                }
                try (Machine machine = newMachine.get()) {
                    World shorter = new World(seed, "world", machine, more);
                    AssertionError again = failure(shorter);
                    if (again != null) {
                        omitted = more;
                        shortest = shorter;
                        last = again;
                    }
                }
            }
        }
        return new AssertionError(
                "seed " + seed + ", with the faults " + shortest.faults().happened() + ": " + last.getMessage()
                        + "; the transcript is in " + written(seed, shortest.transcript())
                        + "; ./mvnw -pl src/test -am test -Dtest=WorldTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Devenkeel.world.first=" + seed + " repeats it",
                last);
    }

    private static Path written(long seed, List<String> lines) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "world"));
            return Files.write(folder.resolve("seed-" + seed + ".txt"), lines).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
