package io.evenkeel.cli.experiments;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Formats experiments for people. */
final class ExperimentText {

    private static final double PERCENT = 100;

    private ExperimentText() {}

    /** Returns an experiment and its arms. */
    static List<String> lines(JsonNode experiment, TextLayout page) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(experiment, page));
        ListTable table = new ListTable(page)
                .text("ARM")
                .text("RUN")
                .state("STATE")
                .number("ROUND")
                .number("MEMBERS")
                .text("CHANGES")
                .optional("MESSAGE");
        for (JsonNode arm : experiment.path("arms")) {
            table.row(
                    arm.path("name").asString(),
                    arm.path("run").asString(),
                    arm.path("state").asString(),
                    arm.path("round").asInt() + "/" + arm.path("rounds").asInt(),
                    arm.path("members").asString(),
                    arm.path("patch").isEmpty() ? "-" : arm.path("patch").toString(),
                    arm.path("message").asString(""));
        }
        lines.addAll(table.lines());
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

    /** Returns a table of experiments. */
    static List<String> list(JsonNode experiments, TextLayout page) {
        if (experiments.isEmpty()) {
            return List.of("There are no experiments: 'evenkeel experiments create -f FILE' makes one.");
        }
        ListTable table = new ListTable(page)
                .text("NAME")
                .state("STATE")
                .text("ARMS")
                .text("DEVICES")
                .number("AGE")
                .optional("CREATED BY");
        for (JsonNode experiment : experiments) {
            table.row(
                    experiment.path("name").asString(),
                    experiment.path("state").asString(),
                    StreamSupport.stream(experiment.path("arms").spliterator(), false)
                            .map(arm -> arm.path("name").asString())
                            .collect(Collectors.joining(", ")),
                    devices(experiment),
                    Times.age(experiment.path("createdAt"), page),
                    experiment.path("createdBy").asString(""));
        }
        return table.lines();
    }
}
