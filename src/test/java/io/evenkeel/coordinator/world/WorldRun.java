package io.evenkeel.coordinator.world;

import io.evenkeel.core.algorithm.Preset;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The run of a world.
 *
 * @param name its name
 * @param algorithm a preset
 * @param compressor the devices' compressor
 * @param downlink the compressor of the downlink, null without loss
 * @param rounds the number of rounds
 * @param devices the number of devices, all of which take part from the first round
 * @param needed the number of messages that a round needs
 * @param sampling the share of the devices that a round selects
 * @param staleness the maximum delay of a message, in rounds
 * @param maxSeconds the duration of a round
 * @param seed the seed of its random choices
 */
record WorldRun(
        String name,
        String algorithm,
        String compressor,
        @Nullable String downlink,
        int rounds,
        int devices,
        int needed,
        double sampling,
        int staleness,
        int maxSeconds,
        long seed) {

    static final int DIMENSION = 12;
    static final String GAMMA = "constant:0.1";
    static final String ETA = "constant:0.3";

    /** Returns a random run. */
    static WorldRun draw(String name, SplittableRandom random) {
        int devices = 2 + random.nextInt(4);
        return new WorldRun(
                name,
                oneOf(
                        random,
                        "ef21",
                        "ef21-norm",
                        "ef21-sgdm-norm",
                        "ef21-igt-norm",
                        "ef21-storm-norm",
                        "ef21-adaptive",
                        "ef21-muon",
                        "ef21-fedadam"),
                oneOf(random, "top-k:0.25", "rand-k:0.25", "top-k:0.25+natural", "top-k:0.5+bf16"),
                random.nextInt(3) == 0 ? "top-k:0.25+natural" : null,
                4 + random.nextInt(6),
                devices,
                1 + random.nextInt(devices),
                random.nextBoolean() ? 1 : 0.5 + random.nextDouble() / 2,
                random.nextBoolean() ? 0 : 1 + random.nextInt(2),
                10 + random.nextInt(60),
                random.nextInt(1_000_000));
    }

    private static String oneOf(SplittableRandom random, String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    Preset preset() {
        return Preset.parse(algorithm);
    }

    /** Returns the run's definition. */
    String definition() {
        return """
                {"name": "%s", "dimension": %d, "algorithm": "%s", "compressor": "%s", "rounds": %d, "gamma": "%s",
                 %s%s"participants": {"min": %d}, "sampling": %s, "staleness": %d, "time": {"max": "%ds"}, "seed": %d}
                """.formatted(
                        name,
                        DIMENSION,
                        algorithm,
                        compressor,
                        rounds,
                        GAMMA,
                        preset().feedback().hasMomentum() ? "\"eta\": \"" + ETA + "\", " : "",
                        downlink == null ? "" : "\"downlink\": {\"compressor\": \"" + downlink + "\"}, ",
                        needed,
                        sampling,
                        staleness,
                        maxSeconds,
                        seed);
    }
}
