package io.evenkeel.coordinator.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.evaluation.EvaluationEventType;
import io.evenkeel.coordinator.rollout.RolloutEventType;
import io.evenkeel.coordinator.run.RunEventType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventTypesTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z]+\\.[a-z_]+)` \\| (yes|no) \\|");

    @Test
    void theDocumentHasEveryTypeAndSaysWhichGoToWebhooks() throws IOException {
        String page = Files.readString(Path.of("../docs/events.md"), StandardCharsets.UTF_8);
        Matcher rows = ROW.matcher(page);
        List<String> documented =
                rows.results().map(row -> row.group(1) + " " + row.group(2)).toList();

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Stream.of(
                                Arrays.stream(RunEventType.values())
                                        .map(type -> type.text() + (type.isForWebhooks() ? " yes" : " no")),
                                Arrays.stream(RolloutEventType.values()).map(type -> type.text() + " yes"),
                                Arrays.stream(EvaluationEventType.values()).map(type -> type.text() + " yes"))
                        .flatMap(types -> types)
                        .toList());
    }
}
