package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.simulation.Arm;
import io.evenkeel.trial.simulation.Fleet;
import io.evenkeel.trial.simulation.Trial;
import io.evenkeel.trial.text.ContrastWords;
import java.time.Clock;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Computes the summary of a trial. */
public final class Summarizer {

    private final Experiment experiment;
    private final Size size;
    private final List<Arm> arms;
    private final List<ArmRun> runs;
    private final Goals goals;
    private final List<Target> targets;
    private final Map<String, ArmSummary.Search> searches;
    private final Clock clock;

    /**
     * The size of the problem.
     *
     * @param dimension d
     * @param clients n
     * @param samples the total number of samples
     * @param metric the metric on held-out samples, or null
     * @param classes the class balance of the training samples, or null
     * @param clientSamples the number of samples of each client, or null
     */
    public record Size(
            int dimension,
            int clients,
            long samples,
            @Nullable QualityMetric metric,
            @Nullable ClassBalance classes,
            Summary.@Nullable ClientSamples clientSamples) {

        private static Size of(Fleet fleet) {
            LongSummaryStatistics samples = IntStream.range(0, fleet.losses().clients())
                    .mapToLong(fleet.losses()::samples)
                    .summaryStatistics();
            return new Size(
                    fleet.losses().layout().dimension(),
                    fleet.losses().clients(),
                    samples.getSum(),
                    fleet.metric(),
                    fleet.classes(),
                    new Summary.ClientSamples(samples.getMin(), samples.getMax(), fleet.weightedBySamples()));
        }
    }

    /**
     * Summarizes a simulated trial.
     *
     * @param prepared the fleet and the arms of the first seed
     * @param runs all runs
     * @param searches the searches for step sizes, by arm
     * @param clock the clock for the time of the trial
     */
    public Summarizer(
            Experiment experiment,
            Trial.Prepared prepared,
            List<ArmRun> runs,
            Map<String, ArmSummary.Search> searches,
            Clock clock) {
        this(experiment, Size.of(prepared.fleet()), prepared.arms(), runs, searches, clock);
    }

    /**
     * Summarizes runs without a fleet.
     *
     * @param arms the methods of the runs, in the experiment's order
     * @param runs all runs
     * @param clock the clock for the time of the trial
     */
    public Summarizer(Experiment experiment, Size size, List<Arm> arms, List<ArmRun> runs, Clock clock) {
        this(experiment, size, arms, runs, Map.of(), clock);
    }

    private Summarizer(
            Experiment experiment,
            Size size,
            List<Arm> arms,
            List<ArmRun> runs,
            Map<String, ArmSummary.Search> searches,
            Clock clock) {
        this.experiment = experiment;
        this.size = size;
        this.arms = List.copyOf(arms);
        this.runs = List.copyOf(runs);
        this.targets = Targets.of(experiment, runs, metric(), size.classes());
        this.goals = new Goals(runs.stream()
                .filter(run -> run.arm().equals(experiment.baseline()))
                .toList());
        this.searches = Map.copyOf(searches);
        this.clock = clock;
    }

    public Summary summary() {
        boolean complete = runs.stream().noneMatch(run -> run.outcome().kind() == Outcome.Kind.INTERRUPTED);
        QualityMetric metric = metric();
        boolean exact = !experiment.isRandom() && !experiment.fleetIsRandom();
        Contrasts contrasts = new Contrasts(
                targets,
                experiment.thresholds(),
                new QualityJudge(experiment.thresholds(), metric, size.classes(), exact));
        List<ArmFigures> figures = arms.stream()
                .map(arm -> new ArmFigures(arm, figures(arm.name()), searches.get(arm.name())))
                .toList();
        Summary summary = new Summary(
                Summary.VERSION,
                complete,
                problem(),
                experiment.baseline(),
                targets.stream().map(Target::toString).toList(),
                Targets.dropped(experiment, runs, metric, size.classes()),
                experiment.thresholds(),
                figures.stream().map(this::arm).toList(),
                comparisons(contrasts, figures),
                new Headline(contrasts, figures, experiment.baseline()).verdict(),
                Summary.Environment.current(clock.instant()));
        return ContrastWords.withSentences(summary);
    }

    private List<Comparison> comparisons(Contrasts contrasts, List<ArmFigures> figures) {
        ArmFigures baseline = figures.stream()
                .filter(arm -> arm.name().equals(experiment.baseline()))
                .findFirst()
                .orElseThrow();
        return figures.stream()
                .filter(arm -> !arm.equals(baseline))
                .map(arm -> new Comparator(targets, contrasts, arm, baseline).compare())
                .toList();
    }

    private @Nullable QualityMetric metric() {
        boolean measured = runs.stream()
                .flatMap(run -> run.points().stream())
                .anyMatch(point -> !Double.isNaN(point.testMetric()));
        return !measured ? null : size.metric() == null ? QualityMetric.ACCURACY : size.metric();
    }

    private List<RunFigures> figures(String arm) {
        return runs.stream()
                .filter(run -> run.arm().equals(arm))
                .map(run -> new RunFigures(run, goals))
                .toList();
    }

    private Summary.Problem problem() {
        QualityMetric metric = metric();
        double[] losses = first(TrajectoryPoint::loss);
        double[] norms = first(TrajectoryPoint::gradNorm);
        return new Summary.Problem(
                experiment.description(),
                size.dimension(),
                size.clients(),
                size.samples(),
                experiment.rounds(),
                experiment.seeds(),
                losses.length == 0 ? null : Spreads.finite(Spreads.median(losses)),
                norms.length == 0 ? null : Spreads.finite(Spreads.median(norms)),
                metric == null ? null : metric.name(),
                metric == null || metric.higherIsBetter(),
                size.classes(),
                size.clientSamples());
    }

    private double[] first(ToDoubleFunction<TrajectoryPoint> figure) {
        return runs.stream()
                .filter(run ->
                        run.arm().equals(experiment.baseline()) && !run.points().isEmpty())
                .mapToDouble(run -> figure.applyAsDouble(run.points().get(0)))
                .toArray();
    }

    private ArmSummary arm(ArmFigures of) {
        Arm arm = of.arm();
        List<RunFigures> figures = of.runs();
        OptionalDouble alpha = arm.compressor().alpha();
        return new ArmSummary(
                arm.name(),
                arm.algorithm().preset().text(),
                arm.algorithm().feedback().text(),
                arm.algorithm().step().text(),
                arm.gamma(),
                arm.algorithm().eta().toString(),
                arm.compressor().spec().toString(),
                alpha.isPresent() ? alpha.getAsDouble() : null,
                of.privacy(),
                of.search(),
                targets.stream().map(target -> reach(target, figures)).toList(),
                stability(figures),
                spread(figures, RunFigures::lossPerMegabyte),
                new ArmSummary.Quality(
                        spread(figures, RunFigures::finalLoss),
                        spread(figures, RunFigures::finalGradNorm),
                        spread(figures, RunFigures::bestGradNorm),
                        spread(figures, RunFigures::finalTestMetric)),
                figures.stream().map(Summarizer::run).toList());
    }

    private static ArmSummary.Reach reach(Target target, List<RunFigures> figures) {
        int reached =
                (int) figures.stream().filter(f -> f.reach(target).isPresent()).count();
        return new ArmSummary.Reach(
                target.toString(),
                spread(figures, f -> f.goal(target).value()).median(),
                reached,
                figures.size(),
                spread(figures, f -> f.at(target, TrajectoryPoint::round)),
                spread(figures, f -> f.at(target, TrajectoryPoint::uplinkBytes)),
                spread(figures, f -> f.at(target, TrajectoryPoint::downlinkBytes)),
                spread(figures, f -> f.at(target, TrajectoryPoint::seconds)));
    }

    private static ArmSummary.Spread spread(List<RunFigures> figures, ToDoubleFunction<RunFigures> what) {
        return Spreads.of(figures.stream().mapToDouble(what).toArray());
    }

    private static ArmSummary.Stability stability(List<RunFigures> figures) {
        return new ArmSummary.Stability(
                median(figures, f -> f.shareOfRises(0)),
                figures.isEmpty()
                        ? null
                        : figures.stream()
                                .mapToDouble(RunFigures::largestRise)
                                .max()
                                .orElse(0),
                median(figures, RunFigures::lastTenthSpread),
                median(figures, f -> f.shareOfRises(f.lastTenth())),
                (int) figures.stream().filter(RunFigures::diverged).count());
    }

    private static @Nullable Double median(List<RunFigures> figures, ToDoubleFunction<RunFigures> what) {
        return spread(figures, what).median();
    }

    private static ArmSummary.Run run(RunFigures figures) {
        ArmRun run = figures.run();
        TrajectoryPoint last =
                run.points().isEmpty() ? null : run.points().get(run.points().size() - 1);
        return new ArmSummary.Run(
                run.seed(),
                run.outcome().kind().text(),
                run.outcome().round(),
                run.outcome().reason(),
                last == null ? null : Spreads.finite(last.loss()),
                last == null ? null : Spreads.finite(last.gradNorm()),
                last == null ? null : Spreads.finite(last.testMetric()),
                last == null ? 0 : last.uplinkBytes(),
                last == null ? 0 : last.downlinkBytes(),
                last == null ? 0 : last.seconds());
    }
}
