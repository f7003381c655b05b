package io.evenkeel.cli.pilot;

import io.evenkeel.cli.command.MethodNames;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.grid.StudyPlan;
import io.evenkeel.trial.simulation.TableInspection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of a trial; each has a counterpart in experiment.yaml. */
final class ExperimentOptions {

    @ArgGroup(validate = false, heading = "%nData%n")
    private final DataOptions data = new DataOptions();

    @ArgGroup(validate = false, heading = "%nGenerated data%n")
    private final GeneratorOptions generator = new GeneratorOptions();

    @ArgGroup(validate = false, heading = "%nLoss%n")
    private final LossOptions loss = new LossOptions();

    @ArgGroup(validate = false, heading = "%nClients%n")
    private final FleetOptions fleet = new FleetOptions();

    @ArgGroup(validate = false, heading = "%nGradients and start%n")
    private final GradientOptions gradient = new GradientOptions();

    @Option(names = "--rounds", paramLabel = "R", description = "The number of rounds. Default: 1000.")
    private @Nullable Integer rounds;

    @Option(
            names = "--seeds",
            paramLabel = "SEED",
            split = ",",
            description =
                    "Seeds, comma-separated. Default: 1 to 5; 1 to 3 if only the held-out samples are random; 1 if nothing is.")
    private @Nullable List<Long> seeds;

    @Option(
            names = "--record-every",
            paramLabel = "ROUNDS",
            description =
                    "Records every Nth round. Default: 1, or about 500 points in total if recording costs extra time.")
    private @Nullable Integer recordEvery;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description =
                    "Targets: loss:90%% or test-metric:99%% (of the baseline's gain), loss:0.3, test-metric:0.9 or"
                            + " grad-norm:0.01; repeatable. Default: 50%%, 90%% and 99%% of the gain in accuracy, or in"
                            + " loss without an accuracy.")
    private @Nullable List<String> targets;

    @Option(
            names = "--threshold",
            paramLabel = "NAME=SIZE",
            split = ",",
            description =
                    "Differences below these count as none: accuracy in points; loss, rounds and bytes in percent."
                            + " Default: accuracy=0.5,loss=2,rounds=10,bytes=10.")
    private @Nullable Map<String, Double> thresholds;

    @Option(
            names = "--baseline",
            paramLabel = "ARM",
            description = "The arm that the others are compared with. Default: the first uncompressed arm.")
    private @Nullable String baseline;

    @Option(
            names = "--arm",
            paramLabel = "ARM",
            completionCandidates = MethodNames.Algorithms.class,
            description = {
                "A method:"
                        + " ALGORITHM[,compressor=..][,step=..][,gamma=..][,eta=..][,privacy=..][,downlink=..][,robust=..][,name=..];"
                        + " repeatable.",
                "Algorithms: ${COMPLETION-CANDIDATES}.",
                "Compressors: top-k:1, top-k:0.01+natural, rand-k:0.1, sign, identity, ... gamma: a number,"
                        + " constant:0.1, horizon:1:0.5, anytime:0.1:0.5, warmup:10:30, theory, theory*4; best-of:0.01|0.1|1 and tuned"
                        + " search the step size first, by the training loss with the first seed.",
                "robust: clip:2 bounds each client by twice the median length, as a coordinator does; trim:0.2 leaves"
                        + " out a fifth at each end of each coordinate.",
                "compare adds gd,gamma=tuned if no arm is uncompressed. Its default: gd with a tuned step, gd-norm,"
                        + " ef21, ef21 with a tuned step, ef21-norm, and ef21-adaptive."
            })
    private @Nullable List<String> arms;

    @Option(
            names = "--compressor",
            paramLabel = "COMPRESSOR",
            completionCandidates = MethodNames.Compressors.class,
            description = "The compressor of arms that name none. Default: top-k:0.01; identity for gd and gd-norm.")
    private @Nullable String compressor;

    /** Returns whether any option was given. */
    boolean isEmpty() {
        return compressor == null
                && new ExperimentDraft(null, null, null, null, null, null, null, null, null, null, null, null)
                        .equals(given());
    }

    /** Returns whether arms are named, not only a compressor for the default arms. */
    boolean namesArms() {
        return arms != null;
    }

    /**
     * Returns the settings of a comparison, which always contains uncompressed training. Data gets the default preparation unless
     * options say otherwise.
     */
    ExperimentDraft comparison() {
        ExperimentDraft draft = draft();
        return arms == null ? draft.withArms(withCompressor(draft.defaultArms())) : draft.withUncompressed();
    }

    /** Returns the settings of a sweep or a probe, which vary the step sizes of their arms. */
    ExperimentDraft untuned() {
        ExperimentDraft draft = draft();
        return arms == null ? draft.withArms(withCompressor(draft.untunedArms())) : draft;
    }

    /** Returns the settings of a study, which has its own arms. */
    ExperimentDraft study() {
        ExperimentDraft draft = draft();
        return arms == null ? draft.withArms(withCompressor(StudyPlan.defaultArms(draft))) : draft;
    }

    /** Returns the given settings, completed by the inspection of the data and its default preparation. Reads tables. */
    private ExperimentDraft draft() {
        return TableInspection.complete(given().prepared());
    }

    /** Returns only the given settings. */
    ExperimentDraft given() {
        return new ExperimentDraft(
                data.draft(generator),
                loss.draft(),
                fleet.draft(),
                gradient.draft(),
                gradient.start(),
                rounds,
                seeds,
                recordEvery,
                targets,
                baseline,
                arms == null
                        ? null
                        : withCompressor(arms.stream().map(ArmSettings::parse).toList()),
                thresholds == null ? null : ThresholdSettings.draft(thresholds));
    }

    private List<ArmSettings> withCompressor(List<ArmSettings> settings) {
        String added = compressor;
        return added == null
                ? settings
                : settings.stream()
                        .map(arm -> arm.compressor() == null && !arm.preset().uncompressed()
                                ? arm.withCompressor(added)
                                : arm)
                        .toList();
    }
}
