package io.evenkeel.cli.pilot;

import io.evenkeel.trial.grid.GridKind;
import io.evenkeel.trial.grid.GridPlan;
import io.evenkeel.trial.grid.SweepAxis;
import io.evenkeel.trial.grid.SweepPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evenkeel pilot sweep}: repeats a trial over a grid of settings. */
@Command(
        name = "sweep",
        description = {
            "Runs pilot compare for every value of one setting, or every pair of two, and answers in sentences and"
                    + " heat maps: how sensitive is each method to its step size, how do compression and normalization"
                    + " interact, does normalization over-smooth, how much noise does each method tolerate?",
            ""
        },
        footer = {
            "",
            "Axes that change each method:",
            "  step=0.0625,0.25,1,4,16     multiples of its own step size",
            "  compressor=top-k:1,identity",
            "  ratio=0.01,0.1,1.0          of its compressor; coding=float32,bf16,natural its value coding",
            "  rule=normalized,layerwise-normalized    eta=0.1,0.3,1 momentum",
            "  noise=1,5,20                noise multiplier of arms with privacy",
            "Axes that change data, clients or loss:",
            "  label-noise=0,0.1,0.3  dirichlet-alpha=0.1,1,100  heterogeneity=0,1  batch=8,64  clients,"
                    + " participation,",
            "  local-steps, lambda; or any path into experiment.yaml, such as loss.hidden=16,64",
            "",
            "Examples:",
            "  evenkeel pilot sweep --data a9a.gz --compressor top-k:1 --axis step=0.25,1,4,16,64,256,1024,4096,16384"
                    + " --out sweep",
            "  evenkeel pilot sweep --data digits --axis step=0.1,1,10,100,1000,10000 --axis label-noise=0,0.2,0.4"
                    + " --batch 32",
            "",
            "Ctrl-C keeps the results so far; --resume continues. Each cell is a results folder of pilot compare."
        })
final class SweepCommand extends GridAction {

    @Option(
            names = "--axis",
            order = FIRST,
            paramLabel = "NAME=VALUES",
            description = "A setting and its values, comma-separated; once or twice.")
    private @Nullable List<String> axes;

    SweepCommand() {
        super(GridKind.SWEEP, "--axis");
    }

    @Override
    boolean isOwnGiven() {
        return axes != null;
    }

    @Override
    GridPlan plan(ExperimentOptions settings) {
        List<String> named = axes == null ? List.of() : axes;
        return new SweepPlan(
                settings.untuned(), named.stream().map(SweepAxis::parse).toList());
    }
}
