package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataDraft;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.result.Summary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The page docs/leaderboard.md: rounds and bytes of every algorithm to 90% and 99% of what the best uncompressed training gains, on
 * built-in problems and on LIBSVM files.
 */
public final class LeaderboardReproduction implements Reproduction {

    private static final int ROUNDS = 500;
    private static final List<String> ARMS = List.of(
            "gd,gamma=tuned,name=gd-tuned",
            "ef21,gamma=tuned,name=" + LeaderboardTables.YARDSTICK,
            "ef21-adaptive",
            "ef21,step=sufficient-decrease,name=ef21-decrease",
            "ef21-distance",
            "ef21-muon",
            "ef21-norm",
            "ef21,step=accumulated-norm,name=ef21-accumulated",
            "ef21-sgdm-norm,gamma=anytime:1:0.75,eta=anytime:1:0.5,name=ef21-sgdm-norm",
            "ef21-igt-norm",
            "ef21-storm-norm",
            "ef21-fedadam",
            "ef21-fedyogi",
            "ef21-fedavgm,gamma=tuned,name=ef21-fedavgm-tuned",
            "ef21-sgdm,gamma=tuned,eta=0.1,name=ef21-sgdm-tuned",
            "ef14,gamma=tuned,name=ef14-tuned");
    private static final Map<String, String> BATCHES = Map.of("gradient.batch", "16");

    private final List<Path> files;

    /**
     * @param files LIBSVM files, beside the built-in problems
     */
    public LeaderboardReproduction(List<Path> files) {
        this.files = List.copyOf(files);
    }

    @Override
    public String name() {
        return "leaderboard";
    }

    @Override
    public String introduction() {
        return """
                # Leader-board

                ```
                ./evenkeel pilot reproduce leaderboard --data phishing.libsvm.gz --data a9a.libsvm.gz --page docs/leaderboard.md
                ```

                The command writes this page, in about five minutes of a processor. It always writes the same page for the same files. Leave out `--data`, or name LIBSVM files of
                your own. [algorithms.md](algorithms.md) says which method to choose when.
                """;
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        Map<String, String> digits = Map.of("data.source", "digits");
        Map<String, String> network = Map.of("data.source", "digits", "loss.kind", "perceptron");
        parts.add(part("digits-softmax", "top-k:0.01", digits));
        parts.add(part("digits-softmax-batches", "top-k:0.01", digits, BATCHES));
        parts.add(part("digits-perceptron", "top-k:0.01", network));
        parts.add(part("digits-perceptron-skewed", "top-k:0.01", network, BATCHES, Map.of("fleet.split", "dirichlet")));
        parts.add(part("generated-equal", "top-k:0.05", generated(0)));
        parts.add(part("generated-different", "top-k:0.05", generated(1)));
        parts.add(part("generated-absent", "top-k:0.05", generated(1), Map.of("fleet.participation", "0.3")));
        for (Path file : files) {
            Map<String, String> table = Map.of("data.intercept", "true", "data.preparation.standardize", "true");
            parts.add(part(Parts.nameOf(file), "top-k:1", Parts.libsvm(file), table));
            parts.add(part(Parts.nameOf(file) + "-batches", "top-k:1", Parts.libsvm(file), table, BATCHES));
        }
        return parts;
    }

    private static Map<String, String> generated(int heterogeneity) {
        return Map.of(
                "data.source", "logistic",
                "data.samples-per-client", "100",
                "data.heterogeneity", String.valueOf(heterogeneity));
    }

    @SafeVarargs
    private static Part part(String name, String compressor, Map<String, String>... settings) {
        return part(name, compressor, DataDraft.EMPTY, settings);
    }

    @SafeVarargs
    private static Part part(String name, String compressor, DataDraft data, Map<String, String>... settings) {
        ExperimentDraft draft = new ExperimentDraft(
                data,
                null,
                null,
                null,
                null,
                ROUNDS,
                List.of(1L),
                1,
                LeaderboardTables.TARGETS,
                null,
                ARMS.stream().map(arm -> compressed(arm, compressor)).toList(),
                null);
        for (Map<String, String> some : settings) {
            for (Map.Entry<String, String> setting : new TreeMap<>(some).entrySet()) {
                draft = ExperimentFile.with(draft, setting.getKey(), setting.getValue());
            }
        }
        return new Part(name, draft.complete());
    }

    private static ArmSettings compressed(String text, String compressor) {
        ArmSettings arm = ArmSettings.parse(text);
        return arm.preset().uncompressed() ? arm : arm.withCompressor(compressor);
    }

    @Override
    public String findings(List<Summary> summaries) {
        return new LeaderboardTables(parts(), summaries).text();
    }
}
