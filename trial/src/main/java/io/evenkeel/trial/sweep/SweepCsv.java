package io.evenkeel.trial.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** sweep.csv: one line for each arm in each cell. Contains no seconds, so that the same sweep gives the same bytes. */
final class SweepCsv {

    static final String NAME = "sweep.csv";

    private SweepCsv() {}

    static void write(SweepResults results, Path file) throws IOException {
        StringBuilder csv = new StringBuilder("arm");
        results.plan().axes().forEach(axis -> csv.append(',').append(axis.name()));
        csv.append(
                ",seeds,target,reached,rounds,uplink_bytes,final_loss,final_grad_norm,best_grad_norm,test_metric,diverged,"
                        + "first_divergence,epsilon,delta\n");
        for (String arm : results.arms()) {
            for (SweepPlan.Cell cell : results.cells()) {
                csv.append(arm)
                        .append(',')
                        .append(results.plan().axes().get(0).values().get(cell.first()));
                if (results.plan().axes().size() == 2) {
                    csv.append(',').append(results.plan().axes().get(1).values().get(cell.second()));
                }
                append(csv, results, results.at(arm, cell.first(), cell.second()));
            }
        }
        Files.writeString(file, csv);
    }

    private static void append(StringBuilder csv, SweepResults results, SweepFigures figures) {
        csv.append(',').append(figures.seeds()).append(',').append(results.target());
        csv.append(',').append(figures.reached());
        double[] numbers = {
            figures.rounds(),
            figures.uplinkBytes(),
            figures.loss(),
            figures.gradNorm(),
            figures.bestGradNorm(),
            figures.testMetric()
        };
        for (double number : numbers) {
            csv.append(',').append(Double.isFinite(number) ? Double.toString(number) : "");
        }
        csv.append(',').append(figures.diverged()).append(',');
        csv.append(figures.firstDivergence() < 0 ? "" : Integer.toString(figures.firstDivergence()))
                .append(figures.privacy())
                .append('\n');
    }
}
