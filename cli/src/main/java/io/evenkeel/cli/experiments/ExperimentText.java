package io.evenkeel.cli.experiments;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.ratio;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Formats experiments as text. */
final class ExperimentText {

    private static final double PERCENT = 100;

    private ExperimentText() {}

    static List<String> lines(JsonNode experiment, TextLayout page) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(experiment, page));
        lines.addAll(new ListTable<JsonNode>(page)
                .text("ARM", field("name"))
                .text("RUN", field("run"))
                .state("STATE", field("state"))
                .number("ROUND", ratio("round", "rounds"))
                .number("MEMBERS", field("members"))
                .text(
                        "CHANGES",
                        arm -> arm.path("patch").isEmpty()
                                ? "-"
                                : arm.path("patch").toString())
                .optional("MESSAGE", field("message", ""))
                .lines(experiment.path("arms")));
        return lines;
    }

    private static String headline(JsonNode experiment, TextLayout page) {
        String state = experiment.path("state").asString();
        String name = TerminalText.printable(experiment.path("name").asString());
        return page.style().paint(Tone.STRONG, name) + "  " + page.style().paint(Tone.ofState(state), state) + "  "
                + devices(experiment);
    }

    private static String devices(JsonNode experiment) {
        String share = String.format(
                Locale.ROOT,
                "%.4g%% of the devices",
                PERCENT * experiment.path("share").asDouble());
        int block = experiment.path("block").asInt(0);
        return experiment.path("assignment").asString().equals("crossover")
                ? share + ", in every arm in turn, " + block + (block == 1 ? " round" : " rounds") + " at a time"
                : share + ", each in one arm";
    }

    static List<String> list(JsonNode experiments, TextLayout page) {
        if (experiments.isEmpty()) {
            return List.of("There are no experiments: 'evenkeel experiments create -f FILE' creates one.");
        }
        return new ListTable<JsonNode>(page)
                .text("NAME", field("name"))
                .state("STATE", field("state"))
                .text(
                        "ARMS",
                        experiment -> experiment
                                .path("arms")
                                .valueStream()
                                .map(field("name"))
                                .collect(Collectors.joining(", ")))
                .text("DEVICES", ExperimentText::devices)
                .number("AGE", age("createdAt", page))
                .optional("CREATED BY", field("createdBy", ""))
                .lines(experiments);
    }
}
