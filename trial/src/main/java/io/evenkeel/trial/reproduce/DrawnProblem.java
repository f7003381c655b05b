package io.evenkeel.trial.reproduce;

import io.evenkeel.core.vector.SplitMix64;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A problem generated for one version of the program: data whose size, heterogeneity, label noise and
 * number of clients depend on the version's name. The problem is therefore unknown when the program's constants are
 * chosen.
 *
 * @param settings the settings of the experiment, by their paths
 * @param compressor the compressor of the arms
 */
record DrawnProblem(Map<String, String> settings, String compressor) {

    private static final int MIN_DIMENSION = 30;
    private static final int MAX_DIMENSION = 400;
    private static final int MIN_CLIENTS = 8;
    private static final int MAX_CLIENTS = 40;
    private static final int MIN_SAMPLES = 30;
    private static final int MAX_SAMPLES = 200;
    private static final double MAX_HETEROGENEITY = 2;
    private static final double MAX_NOISE = 0.1;
    private static final int SEEDS = 1_000_000;

    static DrawnProblem of(String version) {
        CRC32 checksum = new CRC32();
        checksum.update(version.getBytes(StandardCharsets.UTF_8));
        SplitMix64 random = new SplitMix64(checksum.getValue());
        Map<String, String> settings = Map.of(
                "data.source", "logistic",
                "data.dimension", between(random, MIN_DIMENSION, MAX_DIMENSION),
                "data.samples-per-client", between(random, MIN_SAMPLES, MAX_SAMPLES),
                "data.heterogeneity", number(MAX_HETEROGENEITY * random.nextDouble()),
                "data.label-noise", number(MAX_NOISE * random.nextDouble()),
                "fleet.clients", between(random, MIN_CLIENTS, MAX_CLIENTS),
                "seeds", "[" + between(random, 1, SEEDS) + "]");
        String[] compressors = {"top-k:0.02", "top-k:0.05", "top-k:0.1"};
        return new DrawnProblem(settings, compressors[random.next(compressors.length)]);
    }

    private static String between(SplitMix64 random, int least, int most) {
        return Integer.toString(least + random.next(most - least + 1));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
