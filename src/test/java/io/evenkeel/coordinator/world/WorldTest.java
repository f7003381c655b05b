package io.evenkeel.coordinator.world;

import io.evenkeel.coordinator.testing.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs worlds one after the other. {@code -Devenkeel.world.seeds=N} runs N worlds, {@code -Devenkeel.world.first=SEED}
 * begins with another seed. A failure is repeated with ever fewer faults, and its transcript is written to {@code
 * target/world}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class WorldTest {

    private static final int SEEDS = Integer.getInteger("evenkeel.world.seeds", 4);
    private static final long FIRST = Long.getLong("evenkeel.world.first", 1);

    /** Occasionally starts with a new database, since each run leaves its rows behind. */
    private static final int SEEDS_OF_A_MACHINE = 100;

    private static final int MAX_ATTEMPTS = Integer.getInteger("evenkeel.world.attempts", 40);

    private static int machines;

    @Test
    void nothingIsLostOrCountedTwiceWhateverFails() {
        run(SEEDS, () -> new Machine("jdbc:h2:mem:world" + machines++ + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000", 1));
    }

    @Test
    void nothingIsLostOrCountedTwiceWithTwoCoordinatorsIfOneIsIsolated() {
        run(SEEDS / 4, () -> new Machine(Postgres.shared().newDatabase(), 2));
    }

    private static void run(int seeds, Supplier<Machine> newMachine) {
        Map<WorldFaults.Kind, Integer> happened = new EnumMap<>(WorldFaults.Kind.class);
        long events = 0;
        Machine machine = newMachine.get();
        try {
            for (int i = 0; i < seeds; i++) {
                if (i % SEEDS_OF_A_MACHINE == SEEDS_OF_A_MACHINE - 1) {
                    machine.close();
                    machine = newMachine.get();
                }
                World world = new World(FIRST + i, "world-" + i, machine, new BitSet());
                AssertionError failure = failure(world);
                if (failure != null) {
                    throw shrunk(FIRST + i, world, failure, newMachine);
                }
                world.faults().happened().forEach((kind, times) -> happened.merge(kind, times, Integer::sum));
                events += world.events();
            }
        } finally {
            machine.close();
        }
        System.out.println(seeds + " worlds from seed " + FIRST + " on, " + events + " events, faults " + happened);
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

    /** Repeats a failure with fewer faults while it still fails, and describes the one with the fewest. */
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
                        + "; the transcript is in " + written(seed, shortest.transcript()),
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
