package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.evaluation.EvaluationEventType;
import io.evenkeel.coordinator.testing.GeneratedFile;
import io.evenkeel.engine.rollout.RolloutEventType;
import io.evenkeel.engine.run.RunEventType;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Generates the tables of docs/events.md from the types of events and their Javadoc. */
class EventPageTest {

    @Test
    void thePageHasEveryTypeAndSaysWhichGoToWebhooks() throws IOException {
        GeneratedFile.compareTables(
                "docs/events.md",
                EventPageTest.class,
                table("Runs", RunEventType.values(), RunEventType::text, RunEventType::isForWebhooks)
                        + table("Roll-outs", RolloutEventType.values(), RolloutEventType::text, type -> true)
                        + table("Evaluations", EvaluationEventType.values(), EvaluationEventType::text, type -> true));
    }

    private static <T extends Enum<T>> String table(
            String title, T[] types, Function<T, String> text, Predicate<T> webhooks) throws IOException {
        StringBuilder table = new StringBuilder("\n### " + title + "\n\n| event | webhooks | when |\n|---|---|---|\n");
        for (T type : types) {
            table.append("| `%s` | %s | %s |\n"
                    .formatted(text.apply(type), webhooks.test(type) ? "yes" : "no", GeneratedFile.meaning(type)));
        }
        return table.toString();
    }
}
