package io.evenkeel.cli.plan;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.text.DurationText;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.trial.fleet.Forecast;
import io.evenkeel.trial.fleet.SettingsSearch;
import io.evenkeel.trial.fleet.SettingsSearch.Alternative;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Recommends a deadline and a minimum number of messages that a fleet can meet. Immutable. */
final class SimulationAdvice {

    private final RoundRules rules;
    private final Forecast given;
    private final @Nullable Alternative deadline;
    private final @Nullable Alternative minimum;

    /** @param given the simulation of the unchanged run */
    SimulationAdvice(RoundRules rules, Forecast given, SettingsSearch search) {
        this.rules = rules;
        this.given = given;
        boolean hasRounds = given.result().rounds().closed() > 0;
        this.deadline = hasRounds ? search.deadline() : null;
        this.minimum = hasRounds ? search.minimum() : null;
    }

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        if (deadline != null) {
            sentences.add(sentence(
                    "time.max",
                    DurationText.of(deadline.rules().maxTime()),
                    DurationText.of(rules.maxTime()),
                    deadline));
        }
        if (minimum != null) {
            sentences.add(sentence(
                    "participants.min",
                    Integer.toString(minimum.rules().minParticipants()),
                    Integer.toString(rules.minParticipants()),
                    minimum));
        }
        if (sentences.isEmpty() && given.extendedShare() > SettingsSearch.EXTENDED) {
            sentences.add("Neither a longer time.max nor a smaller participants.min alone keeps most rounds from being"
                    + " extended: change both, or the share that a round asks");
        }
        return sentences;
    }

    private String sentence(String field, String value, String before, Alternative found) {
        Forecast other = found.forecast();
        return String.format(
                Locale.ROOT,
                "With %s %s instead of %s half of the rounds take at most %s with %,.0f messages, and %s are extended instead of %s",
                field,
                value,
                before,
                SimulationText.time(other.seconds().median()),
                other.answered().median(),
                Quantity.percent(other.extendedShare()),
                Quantity.percent(given.extendedShare()));
    }

    void write(ObjectNode document) {
        if (deadline != null) {
            double seconds = deadline.rules().maxTime().toMillis() / 1000.0;
            write(document.putObject("deadline").put("seconds", seconds), deadline);
        }
        if (minimum != null) {
            int messages = minimum.rules().minParticipants();
            write(document.putObject("minimum").put("messages", messages), minimum);
        }
    }

    private static void write(ObjectNode node, Alternative found) {
        Forecast forecast = found.forecast();
        node.put("roundSeconds", forecast.seconds().median())
                .put("answered", forecast.answered().median())
                .put("extendedShare", forecast.extendedShare());
    }
}
