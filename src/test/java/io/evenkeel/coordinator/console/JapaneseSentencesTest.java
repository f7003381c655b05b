package io.evenkeel.coordinator.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.member.MissingObjects;
import io.evenkeel.engine.rollout.RolloutEventType;
import io.evenkeel.engine.run.RunEventType;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.StalledRound;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tests that each Japanese sentence of the console translates a sentence in the coordinator's code, and that each
 * detail of an event has a translation.
 */
class JapaneseSentencesTest {

    private static final Pattern SENTENCE =
            Pattern.compile("\\[(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\"), "
                    + "(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")]");
    /** A placeholder for a value or for another sentence. */
    private static final Pattern PART = Pattern.compile("\\{\\w}");
    /** The operator between two literals of one text. */
    private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");
    /** Conditional words in a message of the validator. */
    private static final Pattern CHOICE = Pattern.compile("\\$\\{[^?}]*\\? ?'([^']*)' : ''}");

    /**
     * Comments, which may quote texts that no code writes, character literals, and string literals on one or several
     * lines.
     */
    private static final Pattern TOKEN = Pattern.compile(
            "(?s)/\\*.*?\\*/|//[^\\n]*|'(?:[^'\\\\]|\\\\.)+'" + "|\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    /** Two adjacent words, which a value contains only in quotes or brackets, as in problems.js. */
    private static final Pattern WORDS = Pattern.compile("[a-z]{2} [a-z]{2}");

    private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"[^\"]*\"|\\[[^\\]]*]|\\{[^}]*}");

    /** A sentence of the coordinator and its Japanese translation, with their placeholders. */
    private record Translation(String english, String japanese) {}

    /** Returns whether a text has a Japanese translation. As in problems.js, parts of the text may be sentences too. */
    private static boolean isKnown(String text, List<Translation> sentences) {
        return sentences.stream().anyMatch(sentence -> {
            String pattern = Arrays.stream(PART.split(sentence.english(), -1))
                    .map(Pattern::quote)
                    .collect(Collectors.joining("(.+?)"));
            List<String> parts = PART.matcher(sentence.english())
                    .results()
                    .map(MatchResult::group)
                    .toList();
            Matcher found = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
            return found.matches()
                    && IntStream.range(0, parts.size())
                            .allMatch(i -> mayStandFor(parts.get(i).charAt(1), found.group(i + 1), sentences));
        });
    }

    /** Returns whether a part of a sentence matches its placeholder: a sentence, a value without words, or any text. */
    private static boolean mayStandFor(char placeholder, String part, List<Translation> sentences) {
        return Character.isLowerCase(placeholder)
                ? isKnown(part, sentences)
                : Character.isUpperCase(placeholder)
                        || !WORDS.matcher(QUOTED.matcher(part).replaceAll("")).find();
    }

    private static List<Translation> sentences() throws URISyntaxException {
        return SENTENCE.matcher(ConsoleTextsTest.read(ConsoleTextsTest.console().resolve("sentences-ja.js")))
                .results()
                .map(found -> new Translation(
                        unescaped(found.group(1) == null ? found.group(2) : found.group(1)),
                        unescaped(found.group(3) == null ? found.group(4) : found.group(3))))
                .toList();
    }

    private static String unescaped(String literal) {
        return literal.replace("\\'", "'").replace("\\\"", "\"");
    }

    @Test
    void everyTranslatedSentenceIsOneThatTheCoordinatorWrites() throws Exception {
        String code = literals();

        assertThat(sentences())
                .hasSizeGreaterThan(200)
                .allSatisfy(sentence -> assertThat(values(sentence.japanese()))
                        .as(sentence.english())
                        .isEqualTo(values(sentence.english())));
        assertThat(sentences().stream()
                        .map(Translation::english)
                        .filter(english -> !PART.splitAsStream(english).allMatch(code::contains)))
                .as("if a sentence has changed in the code, change it in sentences-ja.js")
                .isEmpty();
    }

    @Test
    void everyStallHasAJapaneseSentence() throws Exception {
        List<Translation> sentences = sentences();
        String last = "round 4 was extended 2 times: only 2 of at least 3 members sent keys";
        Stream.of(
                        stall(0, null, new RunStall.Members(3, 4, 0, 0, 0, false)),
                        stall(2, null, new RunStall.Members(3, 4, 0, 0, 0, false)),
                        stall(2, null, new RunStall.Members(3, 2, 1, 0, 0, false)),
                        stall(2, null, new RunStall.Members(3, 4, 0, 0, 2, false)),
                        stall(2, last, new RunStall.Members(3, 4, 0, 0, 0, true)),
                        stall(2, last, new RunStall.Members(5, 4, 0, 1, 0, true)))
                .flatMap(message -> Arrays.stream(message.split("; ")))
                .forEach(sentence ->
                        assertThat(isKnown(sentence, sentences)).as(sentence).isTrue());
    }

    private static String stall(int extended, @Nullable String message, RunStall.Members members) {
        return RunStall.of(new StalledRound(1, 4, Instant.EPOCH, 1, extended, message), members)
                .message();
    }

    private static Set<String> values(String text) {
        return new TreeSet<>(
                PART.matcher(text).results().map(MatchResult::group).toList());
    }

    /**
     * Returns the string literals of the coordinator and of the core, with concatenated ones joined, and the
     * validator's messages.
     */
    private static String literals() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String module : List.of("src/main/java", "engine/src/main/java", "client-sdk/core/src/main/java")) {
            Path folder = Files.exists(Path.of("docs"))
                    ? Path.of(module)
                    : Path.of("..").resolve(module);
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .flatMap(file -> TOKEN.matcher(JOINED.matcher(ConsoleTextsTest.read(file))
                                        .replaceAll(""))
                                .results())
                        .map(token -> token.group(1) == null ? token.group(2) : token.group(1))
                        .filter(Objects::nonNull)
                        .forEach(text -> all.append(unescaped(text)).append('\n'));
            }
        }
        try (InputStream validator = Objects.requireNonNull(
                ConsoleTextsTest.class.getResourceAsStream("/org/hibernate/validator/ValidationMessages.properties"))) {
            return all.append(CHOICE.matcher(new String(validator.readAllBytes(), StandardCharsets.UTF_8))
                            .replaceAll("$1"))
                    .toString();
        }
    }

    /** Returns the possible details of a type's events. A new type does not compile until it is listed here. */
    private static List<String> details(RunEventType type) {
        return switch (type) {
            case RUN_STARTED, RUN_RESUMED, RUN_RECOVERED, ROUND_OPENED -> List.of();
            case RUN_CANCELLED ->
                List.of(
                        "the run above was cancelled or has failed",
                        "the run above is over, but this one had not started");
            // The page shows the round's figures instead of the detail, which is a hash.
            case ROUND_CLOSED -> List.of();
            case RUN_PAUSED ->
                List.of(
                        "a device has sent 20 messages, all that privacy.budget allows: cancel the run, or resume it"
                                + " for the devices that have sent fewer",
                        "a device has spent all that privacy.budget allows, in this run and in others that share"
                                + " privacy.dataset: cancel the run, or resume it for the devices that have spent less",
                        "3 rounds in a row had no sum, because devices did not reveal their shares or sent"
                                + " wrong ones: look at the run's events, then resume or cancel the run",
                        "paused by the coordinator: run 'a' needs 9 MB of memory, but 1 MB are left: of the heap of 64"
                                + " MB, 32 MB are reserved for models, and 31 MB of these are in use",
                        "wait until another run is finished, or pause or cancel one",
                        "or start the coordinator with a larger heap (-Xmx192m), then resume the run",
                        "object 019c-5e is not in the object store (folder /data/a.objects), or incomplete",
                        "2 objects are not in the object store (folder /data/a.objects), or incomplete: 019c-5e,"
                                + " 01ab-cd",
                        "43 objects are not in the object store (folder /data/a.objects), or incomplete: 019c-5e,"
                                + " 01ab-cd, and 41 more, which 'evenkeel system' names",
                        MissingObjects.ACTION);
            case RUN_FINISHED ->
                List.of(
                        "stopped after round 9: accuracy is 0.96, and the target is accuracy >= 0.95",
                        "stopped after round 9: the run has sent 1000 bytes, but stop.maxBytes is 900",
                        "stopped after round 9: the run has taken PT1H, and stop.maxTime is PT50M",
                        "stopped after round 9: loss has not improved for 5 rounds: its best is 0.2, of round 4");
            case RUN_DIVERGED ->
                List.of(
                        "the loss was over 3.2 for 10 rounds, last 5.1",
                        "the best mean was 0.4, of round 7, whose model is kept: 'evenkeel models publish MODEL --run"
                                + " RUN --round best' registers it",
                        "check gamma and the new members, then resume or cancel the run",
                        "round 2 diverged: the model or the sum would no longer be finite",
                        "the model of round 2 is the last good one",
                        "try a smaller gamma");
            case RUN_FAILED ->
                List.of(
                        "run 'a', round 3: the stored update differs from the one that was written: its digest differs",
                        "restore the database from a backup, or import an export of the run",
                        "then audit the run");
            case RUN_CHAIN_BROKEN ->
                List.of(
                        "run 'a', round 3: table message does not match the run's hash chain: the record is not the"
                                + " one that was stored",
                        "the database was modified outside the coordinator: restore it from a backup, or import"
                                + " an export of the run, then resume it");
            case RUN_CHANGED -> List.of("revision 1 by Ada: rounds 100 -> 200");
            case ROUND_QUORUM_MISSED -> List.of("round 3 was extended 1 time: too few messages when it timed out");
            case RUN_STALLED -> List.of("round 3 was extended 2 times: too few messages when it timed out");
            case ROUND_EXTENDED -> List.of("round 3 was extended 2 times: only 3 of at least 5 members sent a vector");
            case ROUND_COHORT_LOST ->
                List.of(
                        "in 3 attempts only 3 of at least 5 members sent a vector",
                        "3 of 9 members revealed their shares, which is too few");
            case MEMBER_LEFT_OUT ->
                List.of("client 3f, member 4, with identity aa: in two rounds it sent wrong shares, or"
                        + " falsely accused others of it");
            case LOSSES_INCONSISTENT ->
                List.of(
                        "the losses of 1 of 6 members do not match their gradients, for instance because the loss is a"
                                + " sum over samples, but the gradient is a mean: 3f",
                        "this run's steps do not use the loss, but the curve, targets, patience and divergence do: let"
                                + " these devices report the mean of the function whose gradient they send");
            case ROUNDS_SKIPPED ->
                List.of("rounds 3 to 5 close without messages and without a step: too few members take part before"
                        + " round 6, since the others have already revealed shares in them, as they report");
            case HISTORY_LOST ->
                List.of(
                        "client 3f reports receipts of messages that this run does not have: 87, of rounds 24 to 110",
                        "its newest receipt is for message 112, but this run has its messages up to 25");
        };
    }

    private static List<String> details(RolloutEventType type) {
        return switch (type) {
            case WAITING, STARTED, RESUMED, FINISHED, GROUP_SKIPPED -> List.of();
            case GROUP_OPENED ->
                List.of(
                        "4 devices, 2 of them seen within 7d",
                        "it adds 2 devices seen within 7d and needs 3 reports: it cannot pass unless more devices"
                                + " join");
            case GROUP_PASSED -> List.of("group 1 has passed", "group 1 did not pass in time: it has 1 of 3 reports");
            case PAUSED ->
                List.of(
                        "an operator has paused it",
                        "group 1: metric 'accuracy' looks inferior before there are enough devices: -0.05 (-0.07 to"
                                + " -0.03, 9 devices), margin 0.01");
            case STOPPED ->
                List.of(
                        "an operator has stopped it",
                        "group 1: 3 of 4 devices that reported have failed, more than the share 0.1",
                        "group 1: metric 'accuracy' is inferior: -0.05 (-0.07 to -0.03, 40 devices), margin 0.01");
        };
    }

    @Test
    void everyDetailOfAnEventIsInJapanese() throws Exception {
        List<Translation> sentences = sentences();

        assertThat(Stream.concat(
                        Arrays.stream(RunEventType.values()).flatMap(type -> details(type).stream()),
                        Arrays.stream(RolloutEventType.values()).flatMap(type -> details(type).stream())))
                .allSatisfy(detail ->
                        assertThat(isKnown(detail, sentences)).as(detail).isTrue());
    }
}
