package io.evenkeel.coordinator.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.event.EventData;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.rollout.RolloutEventType;
import io.evenkeel.engine.run.RunEventType;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests that the console has texts in both languages for all its keys and for every code that the coordinator sends.
 */
class ConsoleTextsTest {

    private static final Pattern TEXT = Pattern.compile("(\\w+): \\['((?:[^'\\\\]|\\\\.)*)', '((?:[^'\\\\]|\\\\.)*)']|"
            + "(\\w+): \\[\"((?:[^\"\\\\])*)\", '((?:[^'\\\\]|\\\\.)*)']");
    private static final Pattern USED = Pattern.compile("\\bt\\('(\\w+)'");
    private static final Pattern PROBLEM = Pattern.compile("(?m)^  '?([a-z-]+)'?: \\['[^']+', '[^']+'],$");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\d}");

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path console() throws URISyntaxException {
        URL found = Objects.requireNonNull(ConsoleTextsTest.class.getResource("/console/text.js"));
        return Objects.requireNonNull(Path.of(found.toURI()).getParent());
    }

    private static List<MatchResult> texts() throws URISyntaxException {
        return TEXT.matcher(read(console().resolve("text.js"))).results().toList();
    }

    private static Set<String> keys() throws URISyntaxException {
        Set<String> keys = new TreeSet<>();
        texts().forEach(text -> keys.add(text.group(1) == null ? text.group(4) : text.group(1)));
        return keys;
    }

    @Test
    void everyTextThatAPageUsesExists() throws Exception {
        try (Stream<Path> files = Files.walk(console())) {
            Set<String> used = new TreeSet<>();
            files.filter(file -> file.toString().endsWith(".js"))
                    .flatMap(file -> USED.matcher(read(file)).results())
                    .forEach(use -> used.add(use.group(1)));
            assertThat(used).hasSizeGreaterThan(200);
            used.removeAll(keys());
            // The code contains only the prefixes of keys that end with a code.
            used.removeIf(key -> key.endsWith("_"));
            assertThat(used).isEmpty();
        }
    }

    @Test
    void bothLanguagesHaveTheSameValues() throws Exception {
        assertThat(texts()).hasSizeGreaterThan(500).allSatisfy(text -> {
            int first = text.group(1) == null ? 5 : 2;
            assertThat(placeholders(text.group(first + 1))).as(text.group()).isEqualTo(placeholders(text.group(first)));
        });
    }

    private static Set<String> placeholders(String text) {
        return new TreeSet<>(
                PLACEHOLDER.matcher(text).results().map(MatchResult::group).toList());
    }

    @Test
    void everyCodeHasAText() throws Exception {
        assertThat(keys())
                .containsAll(Arrays.stream(RunEventType.values())
                        .filter(type -> type != RunEventType.ROUND_OPENED)
                        .map(type -> "event_" + type.text().replace('.', '_'))
                        .toList())
                .containsAll(Arrays.stream(StopReason.values())
                        .map(reason -> "stopped_" + reason.text().replace('-', '_'))
                        .toList())
                .containsAll(Arrays.stream(RunStall.Reason.values())
                        .map(reason -> "stalled_" + reason.text().replace('-', '_'))
                        .toList())
                .containsAll(
                        Arrays.stream(RunState.values()).map(RunState::text).toList())
                .containsAll(Arrays.stream(WaitingCode.values())
                        .map(code -> "waiting_" + code.text().replace('-', '_'))
                        .toList())
                .containsAll(Arrays.stream(RolloutEventType.values())
                        .map(type -> "event_" + type.text().replace('.', '_'))
                        .toList());
        assertThat(Arrays.stream(EventData.class.getRecordComponents()).map(RecordComponent::getName))
                .as("pages/events.js renders these")
                .containsExactly("run", "round", "at", "detail", "figures");
    }

    @Test
    void everyRequestOfTheAuditLogHasAText() throws Exception {
        String requests = read(console().resolve("audit.js"));
        assertThat(Pattern.compile("'(audit_\\w+)'").matcher(requests).results().map(found -> found.group(1)))
                .hasSizeGreaterThan(40)
                .isSubsetOf(keys());
    }

    @Test
    void everyProblemIsInJapanese() throws Exception {
        assertThat(PROBLEM.matcher(read(console().resolve("problems-ja.js")))
                        .results()
                        .map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemKind.values())
                        .map(ProblemKind::slug)
                        .toList());
    }
}
