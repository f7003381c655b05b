package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataDraft;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Summary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The paper's second experiment: logistic regression with a nonconvex regularizer, on files or on drawn data. */
public final class LogisticReproduction implements Reproduction {

    private static final int ROUNDS = 1001;
    private static final int CLIENTS = 20;

    private final List<Path> files;

    /**
     * @param files LIBSVM files; none for the generator, once with equal clients and once with different ones
     */
    public LogisticReproduction(List<Path> files) {
        this.files = List.copyOf(files);
    }

    @Override
    public String name() {
        return "logistic";
    }

    @Override
    public String introduction() {
        return """
                ## Logistic regression with the nonconvex regularizer (arXiv 2410.16871, section 5.2)

                lambda = 0.1, Top-1, 20 clients with contiguous equal shards, x0 = 0, g starts at 0, K = 1000. ‖EF21‖ with gamma = 1/sqrt(K+1); EF21 with the
                theory's step, L = lambda_max(A'A/m)/4 + 2 lambda. Beyond the paper: EF21 with 16 times the theory's step, and `accumulated`,
                AdaGrad-Norm with gamma0 = 0.5.

                Claim: ‖EF21‖ with gamma0 = 1 outperforms EF21 at its theoretical step.
                """;
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (Path file : files) {
            parts.add(new Part(Parts.nameOf(file), experiment(Parts.libsvm(file))));
        }
        if (files.isEmpty()) {
            parts.add(new Part("generated-equal", experiment(Parts.generated(0))));
            parts.add(new Part("generated-different", experiment(Parts.generated(1))));
        }
        return parts;
    }

    private static Experiment experiment(DataDraft data) {
        return Parts.experiment(
                data,
                CLIENTS,
                ROUNDS,
                "zeros",
                List.of("grad-norm:0.1", "grad-norm:0.01", "grad-norm:0.001"),
                List.of(
                        ArmSettings.parse("ef21,name=EF21"),
                        ArmSettings.parse("ef21-norm,name=normalized"),
                        ArmSettings.parse("ef21,gamma=theory*16,name=EF21-x16"),
                        ArmSettings.parse("ef21,step=accumulated-norm,gamma=0.5,name=accumulated")));
    }

    @Override
    public String findings(List<Summary> summaries) {
        StringBuilder text = new StringBuilder();
        for (Summary summary : summaries) {
            text.append("\n### ").append(Parts.title(summary)).append("\n\n");
            text.append(MarkdownTable.of(summary)).append('\n');
            for (Comparison comparison : summary.comparisons()) {
                text.append("- ").append(comparison.arm()).append(" against EF21 at the theory's step: ");
                text.append(comparison.text()).append('\n');
            }
        }
        return text.toString();
    }
}
