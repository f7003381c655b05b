package io.evenkeel.trial.grid;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.evenkeel.trial.experiment.ArmPrivacy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The CSV file of a grid: one line for each arm in each cell. A study's lines begin with the sweep's name, and end with
 * the result against the best plain method where an arm has its best step. Contains no seconds, so that the same plan
 * gives the same bytes.
 */
final class GridCsv {

    private static final List<String> FIGURES = List.of(
            "seeds",
            "target",
            "reached",
            "rounds",
            "uplink_bytes",
            "final_loss",
            "final_grad_norm",
            "best_grad_norm",
            "test_metric",
            "diverged",
            "first_divergence",
            "epsilon",
            "delta");

    private final boolean study;
    private final List<String> axes;
    private final CsvWriter csv;

    private GridCsv(GridPlan plan, CsvWriter csv) {
        this.study = plan.kind() == GridKind.STUDY;
        this.axes = plan.grids().values().stream()
                .map(SweepPlan::axes)
                .flatMap(Collection::stream)
                .map(SweepAxis::name)
                .distinct()
                .toList();
        this.csv = csv;
    }

    static String name(GridKind kind) {
        return kind + ".csv";
    }

    static void write(GridFolder folder, Map<String, GridResults> grids) throws IOException {
        Path file = folder.path().resolve(name(folder.plan().kind()));
        try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(file)) {
            GridCsv lines = new GridCsv(folder.plan(), csv);
            List<String> header = new ArrayList<>(List.of("arm"));
            header.addAll(lines.axes);
            header.addAll(FIGURES);
            lines.write("topic", header, List.of("best_step", "result"));
            grids.forEach(lines::write);
        }
    }

    private void write(String topic, List<String> cells, List<String> result) {
        if (study) {
            cells.add(0, topic);
            cells.addAll(result);
        }
        csv.writeRecord(cells);
    }

    private void write(String topic, GridResults results) {
        for (String arm : results.arms()) {
            for (SweepPlan.Cell cell : results.cells()) {
                List<String> cells = new ArrayList<>(List.of(arm));
                axes.forEach(axis -> cells.add(cell.values().getOrDefault(axis, "")));
                SweepFigures figures = results.at(arm, cell.first(), cell.second());
                cells.addAll(List.of(
                        Integer.toString(figures.seeds()),
                        results.target().toString(),
                        Integer.toString(figures.reached()),
                        number(figures.rounds()),
                        number(figures.uplinkBytes()),
                        number(figures.loss()),
                        number(figures.gradNorm()),
                        number(figures.bestGradNorm()),
                        number(figures.testMetric()),
                        Integer.toString(figures.diverged()),
                        figures.firstDivergence() < 0 ? "" : Integer.toString(figures.firstDivergence()),
                        number(figures.epsilon()),
                        Double.isNaN(figures.epsilon()) ? "" : Double.toString(ArmPrivacy.DELTA)));
                write(topic, cells, study ? result(results, arm, cell) : List.of());
            }
        }
    }

    private static List<String> result(GridResults results, String arm, SweepPlan.Cell cell) {
        Place place = results.place(cell.second());
        boolean best = place.of(arm)
                .step()
                .equals(results.plan().axes().get(0).values().get(cell.first()));
        return List.of(
                Boolean.toString(best),
                best && !results.isPlain(arm) ? place.contest(arm).result().text() : "");
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "";
    }
}
