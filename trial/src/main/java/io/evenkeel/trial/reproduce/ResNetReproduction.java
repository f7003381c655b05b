package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.result.Summary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The paper's third experiment: a residual network on images, with few clients and the same large step for both methods. */
public final class ResNetReproduction implements Reproduction {

    private static final int CLIENTS = 5;
    private static final int BATCH = 128;
    private static final int ROUNDS = 200;
    private static final int RECORD_EVERY = 25;
    private static final double HELD_OUT = 0.5;
    private static final double[] SHARES = {0.01, 0.1};

    private final ExperimentDraft.Data data;
    private final String network;
    private final int rounds;

    /**
     * @param file a folder with CIFAR-10's binary version, whose images are taken as they are; or IDX images, of which half are held
     *     out and all averaged over 2 x 2 pixels
     * @param rounds 0 for the default
     */
    public ResNetReproduction(Path file, int rounds) {
        boolean cifar = Files.isDirectory(file);
        this.data = Parts.images(file, cifar ? 0 : HELD_OUT);
        this.network = cifar ? "resnet-20" : "resnet-20/2";
        this.rounds = rounds == 0 ? ROUNDS : rounds;
    }

    @Override
    public String name() {
        return "resnet";
    }

    @Override
    public String introduction() {
        return """
                ## A residual network (arXiv 2410.16871, section 5.3)

                ResNet-20 without running statistics, %d clients with equal shares drawn at random, batches of %d, Top-K with K = 0.01 d and 0.1 d,
                gamma = 5 for EF21 and for ‖EF21‖, %d rounds, one seed. IDX images are averaged over 2 x 2 pixels first and half of them held out; CIFAR-10
                is taken as it is. Beyond the paper: each method with a step size of its own.

                Claim: with the same gamma, ‖EF21‖ is up to 10 points more accurate.
                """.formatted(CLIENTS, BATCH, rounds);
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (double share : SHARES) {
            String compressor = String.format(Locale.ROOT, "top-k:%s", share);
            parts.add(new Part(
                    "K-" + share,
                    new ExperimentDraft(
                                    data,
                                    new ExperimentDraft.Loss(network, null, null, null),
                                    new ExperimentDraft.Fleet(CLIENTS, "iid", null, null, null, null),
                                    new ExperimentDraft.Gradient(BATCH, null, null),
                                    null,
                                    rounds,
                                    List.of(1L),
                                    RECORD_EVERY,
                                    List.of("test-metric:0.6", "test-metric:0.7", "test-metric:0.8"),
                                    null,
                                    List.of(
                                            arm("ef21,gamma=5,name=EF21-5", compressor),
                                            arm("ef21-norm,gamma=5,name=normalized-5", compressor),
                                            arm("ef21,gamma=0.1,name=EF21-0.1", compressor),
                                            arm("ef21-norm,gamma=0.5,name=normalized-0.5", compressor)),
                                    null)
                            .complete()));
        }
        return parts;
    }

    private static ArmSettings arm(String text, String compressor) {
        return ArmSettings.parse(text).withCompressor(compressor);
    }

    @Override
    public String findings(List<Summary> summaries) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < summaries.size(); i++) {
            Summary summary = summaries.get(i);
            Summary.Problem problem = summary.problem();
            text.append(String.format(
                    Locale.ROOT,
                    "%n### K = %s d: %s, d = %,d, %,d training images%n%n",
                    SHARES[i],
                    problem.description(),
                    problem.dimension(),
                    problem.samples()));
            text.append("| arm | step size | accuracy | final loss | ‖∇f‖ | bytes up |\n|---|---|---|---|---|---|\n");
            summary.arms().forEach(arm -> text.append(row(arm)));
            text.append("\n- With gamma = 5 for both: ").append(judge(summary)).append('\n');
        }
        return text.toString();
    }

    private static String row(Summary.ArmSummary arm) {
        Summary.Run run = arm.runs().get(0);
        String end = run.outcome().equals("finished") ? "" : ", " + run.outcome() + " in round " + run.round();
        return String.format(
                Locale.ROOT,
                "| %s%s | %s | %s | %s | %s | %,d |%n",
                arm.name(),
                end,
                MarkdownTable.schedule(arm.gamma()),
                MarkdownTable.number(run.testMetric()),
                MarkdownTable.number(run.loss()),
                MarkdownTable.number(run.gradNorm()),
                run.uplinkBytes());
    }

    private static String judge(Summary summary) {
        Summary.Run plain = summary.arms().get(0).runs().get(0);
        Summary.Run normalized = summary.arms().get(1).runs().get(0);
        Double theirs = plain.testMetric();
        Double ours = normalized.testMetric();
        if (theirs == null || ours == null) {
            return "**cannot be told**, as there is no accuracy: EF21 is " + plain.outcome() + ", ‖EF21‖ is "
                    + normalized.outcome() + ".";
        }
        return String.format(
                Locale.ROOT,
                "%s: ‖EF21‖ has %.1f%%, EF21 %.1f%%, %+.1f points.",
                ours > theirs ? "**agrees**" : "**disagrees**",
                100 * ours,
                100 * theirs,
                100 * (ours - theirs));
    }
}
