package io.evenkeel.cli.runs;

import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TableCells;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.cli.runs.watch.OpenRoundText;
import io.evenkeel.tools.DefinitionFields;
import io.evenkeel.tools.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Formats a run as text: its status and its definition. */
final class RunText {

    private static final Set<String> STOPS = Set.of("targets", "patience", "maxBytes", "maxTime", "divergence");

    private RunText() {}

    /** Returns one line: name, state and round. */
    static String headline(JsonNode run, TextLayout page) {
        String state = RunStatus.shownState(run);
        return page.style()
                        .paint(
                                Tone.STRONG,
                                TerminalText.printable(run.path("name").asString())) + "  "
                + page.style().paint(Tone.ofState(state), state) + "  round "
                + run.path("round").asInt() + " of " + run.path("rounds").asInt();
    }

    static List<String> headlines(JsonNode run, TextLayout page) {
        return List.of(headline(run, page));
    }

    static List<String> lines(JsonNode run, TextLayout page) {
        Properties properties = new Properties()
                .add("description", run.path("description").asString("").replace('\n', ' '))
                .add("tags", TableCells.joined(run.path("tags"), ", ", ""))
                .add("message", run.path("message").asString(""))
                .add("stalled", OpenRoundText.stall(run, page))
                .add("waits for", OpenRoundText.waitsFor(run.path("openRound")))
                .add("missing", OpenRoundText.missing(run.path("openRound"), page))
                .add("not waited for", OpenRoundText.silent(run.path("openRound"), page))
                .add("expected end", expectedEnd(run, page))
                .add("members", Integer.toString(run.path("members").asInt()))
                .add("open round", openRound(run, page))
                .add("best round", run.path("bestRound").asString(""))
                .add("model", model(run));
        DefinitionFields.names().forEach(field -> addField(properties, field, run));
        List<String> lines = new ArrayList<>();
        lines.add(headline(run, page));
        lines.addAll(properties
                .add("lost", lost(run.path("lost")))
                .add("privacy spent", privacySpent(run.path("privacySpent")))
                .add("revision", revision(run))
                .add("created", Times.moment(run.path("createdAt"), page))
                .lines(page));
        return lines;
    }

    /** Adds a field of the definition; a field without a special format is shown as its value. */
    private static void addField(Properties properties, String field, JsonNode run) {
        JsonNode value = run.path(field);
        switch (field) {
            case "name", "rounds", "tensors", "dimension", "description", "tags" -> {} // Shown above.
            case "devices" ->
                properties
                        .add("who may join", value.path("join").asString(""))
                        .add("part of devices", part(value.path("part")))
                        .add("who is asked", value.path("sample").asString(""))
                        .add("stratified by", value.path("stratifyBy").asString(""))
                        .add("crossover", turns(value.path("crossover")));
            case "downlink" ->
                properties.add("downlink", value.path("compressor").asString(""));
            case "horizon" -> properties.add("horizon", horizon(run));
            case "initialModel" -> properties.add("starts from", value.asString(""));
            case "participants" -> properties.add("participants", participants(value));
            case "privacy" -> properties.add("privacy", privacy(value));
            case "secureAggregation" -> properties.add("secure aggregation", secureAggregation(value));
            case "stop" -> properties.add("stops", stops(value));
            case "time" -> properties.add("round time", time(value));
            case "weights" -> properties.add("weights", weights(value));
            default ->
                properties.add(
                        field.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT),
                        value.isContainer() ? value.toString() : value.asString(""));
        }
    }

    private static String expectedEnd(JsonNode run, TextLayout page) {
        JsonNode end = run.path("expectedEnd");
        if (!end.isString()) {
            return run.path("stalled").isObject() ? "unknown while the run is stalled" : "";
        }
        return Times.moment(end, page);
    }

    private static String turns(JsonNode crossover) {
        return crossover.isMissingNode()
                ? ""
                : "arm " + (crossover.path("arm").asInt() + 1) + " of "
                        + crossover.path("arms").asInt() + ", in turn after "
                        + crossover.path("block").asInt(1) + " rounds";
    }

    private static String secureAggregation(JsonNode terms) {
        if (terms.isMissingNode()) {
            return "";
        }
        int owners = terms.path("owners").size();
        return owners + (owners == 1 ? " owner" : " owners") + ", up to "
                + terms.path("dropout").asString("") + " drop out, "
                + terms.path("collusion").asString("") + " collude, rebase every "
                + terms.path("rebaseEvery").asString("") + " rounds";
    }

    private static String privacy(JsonNode privacy) {
        return privacy.isMissingNode()
                ? ""
                : privacy.path("normalization").asString("") + ", bound "
                        + privacy.path("bound").asString("") + ", noise multiplier "
                        + privacy.path("noiseMultiplier").asString("") + ", noise by the "
                        + privacy.path("by").asString("");
    }

    private static String lost(JsonNode lost) {
        return lost.isMissingNode()
                ? ""
                : lost.path("messages").asString() + " acknowledged messages of rounds "
                        + lost.path("firstRound").asString() + " to "
                        + lost.path("lastRound").asString()
                        + ", as " + lost.path("devices").asString()
                        + " devices report: the database was restored to an earlier state";
    }

    private static String privacySpent(JsonNode spent) {
        if (spent.isMissingNode()) {
            return "";
        }
        String most = spent.path("maxMessages").isNumber()
                ? " of " + spent.path("maxMessages").asInt()
                : "";
        return String.format(
                Locale.ROOT,
                "epsilon %.3g for delta %s, by the device with the most messages, %d%s",
                spent.path("epsilon").asDouble(),
                spent.path("delta").asString(""),
                spent.path("messages").asLong(),
                most);
    }

    private static String part(JsonNode part) {
        return part.isMissingNode()
                ? ""
                : "fractions from " + part.path("from").asString("0") + " to "
                        + part.path("to").asString("1") + ", seed "
                        + part.path("seed").asString("");
    }

    private static String openRound(JsonNode run, TextLayout page) {
        String state = run.path("state").asString();
        if (!RunStatus.hasOpenRound(state)) {
            return "";
        }
        StringBuilder text = new StringBuilder(run.path("accepted").asInt() + " answered");
        if (run.path("openedAt").isString()) {
            text.append(", open for ").append(Times.age(run.path("openedAt"), page));
        }
        if (state.equals("running") && run.path("deadline").isString()) {
            Instant deadline = Instant.parse(run.path("deadline").asString());
            Duration left = Duration.between(page.now(), deadline);
            text.append(left.isNegative() ? ", deadline passed" : ", deadline in " + Times.brief(left));
        }
        int extended = run.path("extended").asInt();
        if (run.path("secureAggregation").isObject()) {
            return text.append(", attempt ").append(extended).toString();
        }
        return text.append(extended == 0 ? "" : ", extended " + extended + " times")
                .toString();
    }

    private static String model(JsonNode run) {
        long parameters = 0;
        JsonNode tensors = run.path("tensors");
        if (!tensors.isArray()) {
            return String.format(
                    Locale.ROOT, "%,d parameters", run.path("dimension").asLong());
        }
        for (JsonNode tensor : tensors) {
            long size = 1;
            for (JsonNode axis : tensor.path("shape")) {
                size *= axis.asLong();
            }
            parameters += size;
        }
        return String.format(
                Locale.ROOT,
                "%,d parameters in %d %s",
                parameters,
                tensors.size(),
                tensors.size() == 1 ? "tensor" : "tensors");
    }

    private static String participants(JsonNode participants) {
        String min = participants.path("min").asString("");
        JsonNode max = participants.path("max");
        return min.isEmpty() ? "" : min + (max.isNumber() ? " to " + max.asString() : " or more");
    }

    private static String weights(JsonNode weights) {
        String min = weights.path("min").asString("");
        String max = weights.path("max").asString("");
        return min.isEmpty() && max.isEmpty()
                ? ""
                : (min.isEmpty() ? "any" : min) + " to " + (max.isEmpty() ? "any" : max);
    }

    /** Returns the horizon unless it equals the number of rounds. */
    private static String horizon(JsonNode run) {
        JsonNode horizon = run.path("horizon");
        return horizon.isNumber() && horizon.asInt() != run.path("rounds").asInt() ? horizon.asInt() + " rounds" : "";
    }

    private static String revision(JsonNode run) {
        int revision = run.path("revision").asInt();
        return revision == 0
                ? ""
                : revision + ", see 'evenkeel runs revisions "
                        + TerminalText.printable(run.path("name").asString()) + "'";
    }

    private static String time(JsonNode time) {
        String max = duration(time.path("max"));
        return max.isEmpty() ? "" : duration(time.path("min")) + " to " + max;
    }

    private static String stops(JsonNode stop) {
        List<String> conditions = new ArrayList<>();
        stop.path("targets").forEach(target -> conditions.add("at " + target.asString()));
        JsonNode patience = stop.path("patience");
        if (patience.isObject()) {
            conditions.add("after " + patience.path("rounds").asInt() + " rounds without a better "
                    + patience.path("metric").asString());
        }
        if (stop.path("maxBytes").isNumber()) {
            conditions.add("after " + stop.path("maxBytes").asLong() + " bytes");
        }
        if (stop.path("maxTime").isString()) {
            conditions.add("after " + duration(stop.path("maxTime")));
        }
        divergence(stop.path("divergence")).ifPresent(conditions::add);
        // A newer coordinator may have conditions that are unknown here.
        stop.properties().stream()
                .filter(one -> !STOPS.contains(one.getKey()))
                .forEach(one -> conditions.add(one.getKey() + " "
                        + TerminalText.printable(one.getValue().toString())));
        return String.join("; ", conditions);
    }

    private static Optional<String> divergence(JsonNode divergence) {
        if (divergence.isString()) {
            return Optional.of("does not pause if it diverges");
        }
        if (!divergence.isObject()) {
            return Optional.empty();
        }
        String limit = divergence.path("loss").isNumber()
                ? "over " + divergence.path("loss").asDouble()
                : "far above its best, from " + divergence.path("factor").asString("") + " times";
        return Optional.of("pauses after " + divergence.path("rounds").asInt() + " rounds with a loss " + limit);
    }

    private static String duration(JsonNode duration) {
        String text = duration.asString("");
        try {
            return text.isEmpty() ? "" : seconds(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.3f s", duration.toMillis() / 1000.0);
    }
}
