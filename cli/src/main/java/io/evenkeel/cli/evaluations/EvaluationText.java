package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Formats evaluations for people. */
final class EvaluationText {

    private static final int FIRST_DECILE = 0;
    private static final int MEDIAN = 4;
    private static final int LAST_DECILE = 8;

    private EvaluationText() {}

    /** Returns an evaluation and its statistics. */
    static List<String> lines(JsonNode evaluation, TextLayout page) {
        List<String> lines = new ArrayList<>();
        String state = evaluation.path("state").asString();
        lines.add(page.style()
                        .paint(
                                Tone.STRONG,
                                TerminalText.printable(evaluation.path("name").asString())) + "  "
                + page.style().paint(Tone.ofState(state), state) + "  " + model(evaluation) + "  "
                + evaluation.path("results").asInt() + " results");
        if (evaluation.path("metrics").isEmpty()) {
            return lines;
        }
        ListTable table = new ListTable(page)
                .text("METRIC")
                .text("DEVICES WITH")
                .number("DEVICES")
                .number("WEIGHTED MEAN")
                .number("MEAN")
                .number("10%")
                .number("50%")
                .number("90%")
                .optional("NOTE");
        for (JsonNode metric : evaluation.path("metrics")) {
            row(table, metric.path("name").asString(), "all", metric, "");
            metric.path("groups").properties().forEach(attribute -> {
                JsonNode worst = metric.path("worst").path(attribute.getKey());
                for (JsonNode group : attribute.getValue()) {
                    boolean isWorst = !worst.isMissingNode()
                            && worst.path("value").equals(group.path("value"))
                            && !group.path("tooFew").asBoolean();
                    String note = group.path("tooFew").asBoolean() ? "too few devices" : isWorst ? "worst" : "";
                    row(
                            table,
                            "",
                            attribute.getKey() + "=" + group.path("value").asString("-"),
                            group,
                            note);
                }
            });
        }
        lines.addAll(table.lines());
        return lines;
    }

    private static void row(ListTable table, String metric, String group, JsonNode figures, String note) {
        JsonNode deciles = figures.path("deciles");
        table.row(
                metric,
                group,
                figures.path("devices").asString(),
                number(figures.path("weightedMean")),
                number(figures.path("mean")),
                number(deciles.path(FIRST_DECILE)),
                number(deciles.path(MEDIAN)),
                number(deciles.path(LAST_DECILE)),
                note);
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4g", value.asDouble()) : "-";
    }

    private static String model(JsonNode evaluation) {
        return evaluation.has("model")
                ? "model " + evaluation.path("model").asString() + " version "
                        + evaluation.path("version").asString()
                : "run " + evaluation.path("run").asString() + " round "
                        + evaluation.path("round").asString();
    }

    /** Returns a table of evaluations. */
    static List<String> list(JsonNode evaluations, TextLayout page) {
        if (evaluations.isEmpty()) {
            return List.of("There are no evaluations: 'evenkeel evaluations create' makes one.");
        }
        ListTable table = new ListTable(page)
                .text("NAME")
                .state("STATE")
                .text("OF")
                .number("RESULTS")
                .number("AGE")
                .optional("UNTIL");
        for (JsonNode evaluation : evaluations) {
            table.row(
                    evaluation.path("name").asString(),
                    evaluation.path("state").asString(),
                    model(evaluation),
                    evaluation.path("results").asString(),
                    Times.age(evaluation.path("createdAt"), page),
                    Times.point(evaluation.path("deadline")));
        }
        return table.lines();
    }
}
