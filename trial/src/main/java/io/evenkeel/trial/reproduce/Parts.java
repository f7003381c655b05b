package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataDraft;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetDraft;
import io.evenkeel.trial.experiment.LossDraft;
import io.evenkeel.trial.experiment.StartDraft;
import io.evenkeel.trial.result.Summary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parts that the reproductions on labelled data share. */
final class Parts {

    private static final int FEATURES = 60;
    private static final int SAMPLES_EACH = 100;

    /** The weight of the regularizer in the published experiments. */
    private static final double LAMBDA = 0.1;

    private Parts() {}

    static DataDraft libsvm(Path file) {
        return file("libsvm", file);
    }

    /** The images by class in a folder or an archive. */
    static DataDraft images(Path file) {
        return file("images", file);
    }

    /** Tells whether a file is a folder or an archive of images, by its name. */
    static boolean isImages(Path file) {
        ExperimentDraft draft =
                new ExperimentDraft(file(null, file), null, null, null, null, null, null, null, null, null, null, null);
        return "images".equals(draft.dataSettings().source());
    }

    private static DataDraft file(@Nullable String source, Path file) {
        String path = file.toAbsolutePath().normalize().toString();
        return new DataDraft(
                source, path, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    static DataDraft generated(double heterogeneity) {
        return new DataDraft(
                "logistic",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                FEATURES,
                SAMPLES_EACH,
                heterogeneity,
                null,
                null,
                null);
    }

    static Experiment experiment(
            DataDraft data, int clients, int rounds, String g0, List<String> targets, List<ArmSettings> arms) {
        return new ExperimentDraft(
                        data,
                        new LossDraft(null, "nonconvex", LAMBDA, null, null),
                        new FleetDraft(clients, null, null, null, null, null, null),
                        null,
                        new StartDraft(null, g0),
                        rounds,
                        null,
                        1,
                        targets,
                        null,
                        arms.stream()
                                .map(arm -> arm.withCompressor("top-k:1+float64"))
                                .toList(),
                        null)
                .complete();
    }

    /** The file's name without its endings. */
    static String nameOf(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.indexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    static String title(Summary summary) {
        Summary.Problem problem = summary.problem();
        return String.format(
                Locale.ROOT,
                "%s (d = %d, %,d samples, %d %s)",
                problem.description(),
                problem.dimension(),
                problem.samples(),
                problem.seeds().size(),
                problem.seeds().size() == 1 ? "seed: nothing is random" : "seeds");
    }
}
