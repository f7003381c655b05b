package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.GradientSettings;
import io.evenkeel.trial.experiment.Recommendation;
import io.evenkeel.trial.report.RecommendationText;
import io.evenkeel.trial.report.TrialResults;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel recommend}: recommends an algorithm for a situation, with the reason. */
@Command(
        name = "recommend",
        description = {
            "Recommends an algorithm, its momentum and its step for what your devices compute, with the reason and the"
                    + " lines of a run's definition. With the folder of a trial, also shows how the algorithm performed there.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel recommend                                      full gradients",
            "  evenkeel recommend --batch 32",
            "  evenkeel recommend --local-steps 5 --batch 32",
            "  evenkeel recommend --hook                               DistributedDataParallel",
            "  evenkeel recommend pilot-results",
            "",
            "docs/measured.md has the figures behind it."
        })
public final class RecommendCommand extends PilotAction {

    @Parameters(paramLabel = "FOLDER", arity = "0..1", description = "A results folder of pilot compare.")
    private @Nullable Path folder;

    @Option(names = "--batch", paramLabel = "B", description = "Samples in a gradient, 0 for all. Default: all.")
    private @Nullable Integer batch;

    @Option(names = "--local-steps", paramLabel = "E", description = "Local steps of a device in a round. Default: 1.")
    private @Nullable Integer localSteps;

    @Option(names = "--private", description = "Messages or sums have noise (differential privacy).")
    private boolean isPrivate;

    @Option(names = "--hook", description = "The workers train with the hook of the Python package.")
    private boolean hook;

    @Override
    protected int run() throws IOException {
        PrintWriter to = spec().commandLine().getOut();
        Terminal terminal = Terminal.standard();
        for (String line : lines()) {
            // Lines to copy are indented, and are not wrapped.
            (line.startsWith(" ") ? List.of(line) : terminal.paragraph(line, "")).forEach(to::println);
        }
        to.flush();
        return 0;
    }

    private List<String> lines() throws IOException {
        boolean described = batch != null || localSteps != null || isPrivate;
        if (folder != null && (described || hook)) {
            throw new IllegalArgumentException("the folder has the clients' settings: leave out the options");
        }
        if (hook && described) {
            throw new IllegalArgumentException(
                    "--hook means minibatches of all workers, without noise: leave out the other options");
        }
        Texts texts = Texts.in(Language.ENGLISH);
        if (folder != null) {
            TrialResults trial = TrialResults.read(ResultsFolder.open(folder));
            return lines(new RecommendationText(texts, trial).text(), Recommendation.of(trial.experiment()));
        }
        Recommendation recommendation = hook ? Recommendation.MINIBATCHES : situation();
        return lines(RecommendationText.reason(texts, recommendation), recommendation);
    }

    private Recommendation situation() {
        GradientSettings gradient =
                new GradientSettings(batch == null ? 0 : batch, localSteps == null ? 1 : localSteps, 0.1);
        return Recommendation.of(gradient, isPrivate);
    }

    private List<String> lines(String reason, Recommendation recommendation) {
        List<String> lines = new ArrayList<>(List.of(reason, ""));
        if (hook) {
            lines.add("In the training code, with the optimizer as it is:");
            lines.add("  state = ErrorFeedbackState(model, compressor=\"top-k:0.01\")");
            lines.add("  model.register_comm_hook(state, error_feedback_hook)");
            return lines;
        }
        lines.add("In a run's definition:");
        recommendation.definition().forEach(line -> lines.add("  " + line));
        return lines;
    }
}
