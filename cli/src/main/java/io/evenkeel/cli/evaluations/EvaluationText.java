package io.evenkeel.cli.evaluations;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Formats evaluations as text. */
final class EvaluationText {

    private static final int FIRST_DECILE = 0;
    private static final int MEDIAN = 4;
    private static final int LAST_DECILE = 8;

    private EvaluationText() {}

    private record Row(String metric, String group, JsonNode figures, String note) {}

    static List<String> lines(JsonNode evaluation, TextLayout page) {
        List<String> lines = new ArrayList<>();
        String state = evaluation.path("state").asString();
        lines.add(page.style()
                        .paint(
                                Tone.STRONG,
                                TerminalText.printable(evaluation.path("name").asString())) + "  "
                + page.style().paint(Tone.ofState(state), state) + "  " + model(evaluation) + "  "
                + evaluation.path("results").asInt() + " results");
        for (JsonNode site : evaluation.path("sites")) {
            lines.add("  " + TerminalText.printable(site.path("client").asString()) + "  site, "
                    + site.path("devices").asInt() + " devices"
                    + (site.has("reason")
                            ? ": " + TerminalText.printable(site.path("reason").asString())
                            : ""));
        }
        if (evaluation.path("metrics").isEmpty()) {
            return lines;
        }
        List<Row> rows = new ArrayList<>();
        for (JsonNode metric : evaluation.path("metrics")) {
            rows.add(new Row(metric.path("name").asString(), "all", metric, ""));
            metric.path("groups").properties().forEach(attribute -> {
                JsonNode worst = metric.path("worst").path(attribute.getKey());
                for (JsonNode group : attribute.getValue()) {
                    boolean isWorst = !worst.isMissingNode()
                            && worst.path("value").equals(group.path("value"))
                            && !group.path("tooFew").asBoolean();
                    String note = group.path("tooFew").asBoolean() ? "too few devices" : isWorst ? "worst" : "";
                    String value = group.path("value").asString("-");
                    rows.add(new Row("", attribute.getKey() + "=" + value, group, note));
                }
            });
        }
        lines.addAll(new ListTable<Row>(page)
                .text("METRIC", Row::metric)
                .text("DEVICES WITH", Row::group)
                .number("DEVICES", row -> row.figures().path("devices").asString())
                .number("WEIGHTED MEAN", row -> number(row.figures().path("weightedMean")))
                .number("MEAN", row -> number(row.figures().path("mean")))
                .number("10%", row -> number(row.figures().path("deciles").path(FIRST_DECILE)))
                .number("50%", row -> number(row.figures().path("deciles").path(MEDIAN)))
                .number("90%", row -> number(row.figures().path("deciles").path(LAST_DECILE)))
                .optional("NOTE", Row::note)
                .lines(rows));
        return lines;
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

    static List<String> list(JsonNode evaluations, TextLayout page) {
        if (evaluations.isEmpty()) {
            return List.of("There are no evaluations: 'evenkeel evaluations create' creates one.");
        }
        return new ListTable<JsonNode>(page)
                .text("NAME", field("name"))
                .state("STATE", field("state"))
                .text("OF", EvaluationText::model)
                .number("RESULTS", field("results"))
                .number("AGE", age("createdAt", page))
                .optional("UNTIL", point("deadline", ""))
                .lines(evaluations);
    }
}
