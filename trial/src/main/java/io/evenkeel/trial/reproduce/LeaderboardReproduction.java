package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataDraft;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.result.Summary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The page docs/leaderboard.md: rounds and bytes of every algorithm to 90% and 99% of what the best uncompressed training gains, on
 * built-in problems, on LIBSVM files, and on problems that are drawn anew for each version of the program, so that no constant can
 * have been chosen on them.
 */
public final class LeaderboardReproduction implements Reproduction {

    private static final int ROUNDS = 500;
    private static final int QUICK_ROUNDS = 200;
    private static final String SNAPSHOT = "-SNAPSHOT";
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
            "ef14,gamma=tuned,name=ef14-tuned",
            lossy("ef21,gamma=tuned", LeaderboardTables.YARDSTICK),
            lossy("ef21-adaptive", "ef21-adaptive"),
            lossy("ef21-muon", "ef21-muon"),
            lossy("ef21-fedadam", "ef21-fedadam"));

    /** The arms on images, where a round takes a hundred times as long, and of a quick leader-board. */
    private static final Set<String> FEW_ARMS = Set.of(
            "gd-tuned",
            LeaderboardTables.YARDSTICK,
            "ef21-adaptive",
            "ef21-decrease",
            LeaderboardTables.YARDSTICK + LeaderboardTables.LOSSY_SUFFIX,
            "ef21-adaptive" + LeaderboardTables.LOSSY_SUFFIX);

    private static final Map<String, String> BATCHES = Map.of("gradient.batch", "16");

    private static final Map<String, String> IMAGES = Map.of(
            "loss.kind",
            "perceptron",
            "loss.hidden",
            "16",
            "gradient.batch",
            "32",
            "rounds",
            "200",
            "record-every",
            "5");

    private static final Map<String, String> REGULARIZED = Map.of("loss.regularizer", "l2", "loss.lambda", "0.01");

    /** Clients get unlike labels and unequal numbers of samples. */
    private static final Map<String, String> UNEQUAL = Map.of("fleet.split", "dirichlet");

    private final List<Path> files;
    private final String version;
    private final boolean quick;

    /**
     * @param files LIBSVM files and folders or archives of images by class, beside the built-in problems
     * @param version of the program, from which the drawn problems follow; a snapshot has those of its release
     * @param quick whether to run few rounds, arms and problems
     */
    public LeaderboardReproduction(List<Path> files, String version, boolean quick) {
        this.files = List.copyOf(files);
        this.version =
                version.endsWith(SNAPSHOT) ? version.substring(0, version.length() - SNAPSHOT.length()) : version;
        this.quick = quick;
    }

    private static String lossy(String arm, String name) {
        return arm + ",downlink=" + LeaderboardTables.LOSSY + ",name=" + name + LeaderboardTables.LOSSY_SUFFIX;
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
                python3 benchmarks/cifar_small.py cifar10-jpeg.tar.xz cifar-small
                ./evenkeel pilot reproduce leaderboard --data phishing.libsvm.gz --data a9a.libsvm.gz --data cifar-small --page docs/leaderboard.md
                ```

                The second command writes this page. It always writes the same page for the same files and version, here %s%s. Leave out `--data`, or name LIBSVM files,
                folders and archives of images by class of your own; `--quick` takes fewer rounds, methods and problems. The first command makes the small CIFAR-10: 300 training
                images of each class, from copies as JPEG, whose pixels differ a little from the original ones. [algorithms.md](algorithms.md) says which method to choose when.
                """.formatted(version, quick ? ", with `--quick`" : "");
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        Map<String, String> digits = Map.of("data.source", "digits");
        Map<String, String> network = Map.of("data.source", "digits", "loss.kind", "perceptron");
        parts.add(part("digits-softmax", "top-k:0.01", digits));
        parts.add(part("digits-softmax-batches", "top-k:0.01", digits, BATCHES));
        parts.add(part("digits-softmax-l2", "top-k:0.01", digits, REGULARIZED));
        parts.add(part("digits-softmax-unequal", "top-k:0.01", digits, UNEQUAL));
        parts.add(part(
                "digits-softmax-unequal-weighted", "top-k:0.01", digits, UNEQUAL, Map.of("fleet.weights", "samples")));
        if (!quick) {
            parts.add(part("digits-perceptron", "top-k:0.01", network));
            parts.add(part("digits-perceptron-skewed", "top-k:0.01", network, BATCHES, UNEQUAL));
        }
        parts.add(part("generated-equal", "top-k:0.05", generated(0)));
        parts.add(part("generated-different", "top-k:0.05", generated(1)));
        parts.add(part("generated-absent", "top-k:0.05", generated(1), Map.of("fleet.participation", "0.3")));
        DrawnProblem drawn = DrawnProblem.of(version);
        parts.add(part(LeaderboardTables.DRAWN, drawn.compressor(), drawn.settings()));
        parts.add(part(LeaderboardTables.DRAWN + "-batches", drawn.compressor(), drawn.settings(), BATCHES));
        files.forEach(file -> parts.addAll(ofFile(file)));
        return parts;
    }

    private List<Part> ofFile(Path file) {
        String name = Parts.nameOf(file);
        if (Parts.isImages(file)) {
            return quick ? List.of() : List.of(part(name, "top-k:0.01", Parts.images(file), IMAGES));
        }
        Map<String, String> table = Map.of("data.intercept", "true", "data.preparation.standardize", "true");
        return List.of(
                part(name, "top-k:1", Parts.libsvm(file), table),
                part(name + "-batches", "top-k:1", Parts.libsvm(file), table, BATCHES),
                part(name + "-l2", "top-k:1", Parts.libsvm(file), table, REGULARIZED),
                part(name + "-unequal", "top-k:1", Parts.libsvm(file), table, UNEQUAL));
    }

    private static Map<String, String> generated(int heterogeneity) {
        return Map.of(
                "data.source", "logistic",
                "data.samples-per-client", "100",
                "data.heterogeneity", String.valueOf(heterogeneity));
    }

    @SafeVarargs
    private Part part(String name, String compressor, Map<String, String>... settings) {
        return part(name, compressor, DataDraft.EMPTY, settings);
    }

    @SafeVarargs
    private Part part(String name, String compressor, DataDraft data, Map<String, String>... settings) {
        ExperimentDraft draft = new ExperimentDraft(
                data,
                null,
                null,
                null,
                null,
                quick ? QUICK_ROUNDS : ROUNDS,
                List.of(1L),
                1,
                LeaderboardTables.TARGETS,
                null,
                ARMS.stream()
                        .map(arm -> compressed(arm, compressor))
                        .filter(arm -> (!quick && !"images".equals(data.source())) || FEW_ARMS.contains(arm.name()))
                        .toList(),
                null);
        for (Map<String, String> some : settings) {
            for (Map.Entry<String, String> setting : new TreeMap<>(some).entrySet()) {
                draft = ExperimentFile.with(draft, setting.getKey(), setting.getValue());
            }
        }
        return new Part(name, withSteps(draft.complete()));
    }

    /** Runs tuned EF21 at each step size as an arm of its own, so that the best one for each target is known. */
    private static Experiment withSteps(Experiment experiment) {
        List<ArmSettings> arms = experiment.arms().stream()
                .flatMap(arm ->
                        LeaderboardTables.YARDSTICK.equals(arm.name()) ? arm.candidates().stream() : Stream.of(arm))
                .toList();
        return experiment.withArms(arms, experiment.baseline());
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
