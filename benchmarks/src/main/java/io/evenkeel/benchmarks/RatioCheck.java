package io.evenkeel.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Compares each benchmark with a yardstick, and fails if a ratio of times exceeds its bound. A ratio within one run
 * depends little on the machine.
 */
public final class RatioCheck {

    /** A line of the file: a benchmark, its yardstick, and the largest ratio of their times. */
    private record Bound(String benchmark, String yardstick, double largest) {

        private static Bound parse(String line) {
            String[] words = line.split(" +", -1);
            return new Bound(words[0], words[1], Double.parseDouble(words[2]));
        }
    }

    private RatioCheck() {}

    /**
     * Runs the benchmarks of a file.
     *
     * @param args the file
     */
    public static void main(String[] args) throws IOException, RunnerException {
        List<Bound> bounds = Files.readAllLines(Path.of(args[0])).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Bound::parse)
                .toList();
        Map<String, Double> times = times(bounds);
        int failures = 0;
        for (Bound bound : bounds) {
            double ratio = times.get(bound.benchmark()) / times.get(bound.yardstick());
            boolean holds = ratio <= bound.largest();
            failures += holds ? 0 : 1;
            System.out.printf(
                    Locale.ROOT,
                    "%s %s is %.2f times %s, at most %s%n",
                    holds ? "ok  " : "SLOW",
                    bound.benchmark(),
                    ratio,
                    bound.yardstick(),
                    bound.largest());
        }
        if (failures > 0) {
            System.exit(1);
        }
    }

    private static Map<String, Double> times(List<Bound> bounds) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .param("dimension", "269722")
                .param("values", "normal")
                .param("coding", "float32");
        for (Bound bound : bounds) {
            options.include(Pattern.quote("." + bound.benchmark()) + "$");
            options.include(Pattern.quote("." + bound.yardstick()) + "$");
        }
        Map<String, Double> times = new HashMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            String name = result.getParams().getBenchmark();
            times.put(
                    name.substring(RatioCheck.class.getPackageName().length() + 1),
                    // The fastest iteration is disturbed least.
                    result.getPrimaryResult().getStatistics().getMin());
        }
        return times;
    }
}
