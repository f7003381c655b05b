package io.evenkeel.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.StopConditions;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.round.ClosingRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Transcripts of a run of three rounds, each of which has two to four messages and takes 10 to 60 s. Each line has a
 * time in seconds, an event, and its outcome: the state and the recorded events, or the decision about the open round.
 */
class RunTest {

    private static final String STOPS = """
            {"name": "r", "dimension": 4, "algorithm": "ef21-norm", "rounds": 3, "participants": {"min": 2, "max": 4},
             "time": {"max": "PT60S", "min": "PT10S"}, "stop": {"maxBytes": 1000, "divergence": {"loss": 10}}}""";

    private final RoundRules rules =
            RoundRules.of(ValidatedPlan.of(definition()).definition());
    private final Run run = new Run("r", "{}", Instant.EPOCH);
    private int toldBefore;

    private static RunDefinition definition() {
        return JsonMapper.shared().readValue(STOPS, RunDefinition.class);
    }

    private void check(String transcript) {
        Transcript.check(transcript, this::happen);
    }

    private String happen(String line) {
        String[] words = line.split(" ", 3);
        Instant now = Instant.EPOCH.plusSeconds(Long.parseLong(words[0]));
        String more = words.length > 2 ? words[2] : "";
        switch (words[1]) {
            case "start" -> run.start(now, rules.maxTime());
            case "pause" -> run.pause(now, more.isEmpty() ? null : more);
            case "objects-missing" -> run.lackObjects(now, "an object is missing");
            case "resume" -> run.resume(now);
            case "cancel" -> run.cancel(now, null);
            case "accept" -> run.current().accept(Integer.parseInt(more));
            case "extend" -> run.extend(now, rules, rules);
            case "freeze" -> run.current().beginClosing();
            case "close" -> close(now, more);
            case "due?" -> {
                return ClosingRule.judge(run, rules, () -> more.equals("all answered"), now)
                        .toString();
            }
            default -> throw new AssertionError("not a line of a transcript: " + line);
        }
        return state();
    }

    /** Closes the open round; the figures are its messages' bytes and mean loss. */
    private void close(Instant now, String figures) {
        int bytes = figures.contains("bytes") ? Integer.parseInt(figures.replaceAll(".*?(\\d+) bytes.*", "$1")) : 100;
        double loss = figures.contains("loss") ? Double.parseDouble(figures.replaceAll(".*loss (\\d+).*", "$1")) : 1;
        int number = run.round();
        run.completeRound(
                now,
                rules,
                rules,
                LossTrend.NONE.after(number, loss, 1, new LossTrend.Weights(2, 0, 2)),
                new StopConditions.ClosedRound(
                        number,
                        loss,
                        Map.of(),
                        bytes,
                        Duration.between(Objects.requireNonNull(run.startedAt()), now),
                        number + 1,
                        Integer.MAX_VALUE,
                        false,
                        0),
                false,
                "h" + number);
    }

    private String state() {
        List<RunEvent> events = run.newEvents();
        String told = events.stream()
                .skip(toldBefore)
                .map(event -> " " + event.type().text())
                .collect(Collectors.joining(""));
        toldBefore = events.size();
        Instant deadline = run.current().deadline();
        return run.state().text() + ", round " + run.round()
                + (run.current().isClosing() ? " frozen" : "")
                + (deadline == null ? "" : " until " + deadline.getEpochSecond() + " s")
                + (run.stopReason() == null
                        ? ""
                        : ", because of " + run.stopReason().text())
                + (told.isEmpty() ? "" : ":" + told);
    }

    @Test
    void closesRoundsUntilTheLastAndFinishes() {
        check("""
                0 start      -> running, round 0 until 60 s: run.started round.opened
                30 close     -> running, round 1 until 90 s: round.closed round.opened
                50 close     -> running, round 2 until 110 s: round.closed round.opened
                70 close     -> finished, round 3, because of rounds: round.closed run.finished
                """);
    }

    @Test
    void aRoundClosesWhenItIsFullOrAllHaveAnsweredOrItsTimeIsUp() {
        check("""
                0 start                -> running, round 0 until 60 s: run.started round.opened
                5 due? all answered    -> WAIT
                5 accept 2             -> running, round 0 until 60 s
                5 due? all answered    -> WAIT
                10 due? all answered   -> CLOSE
                59 due?                -> WAIT
                60 due?                -> CLOSE
                60 accept 2            -> running, round 0 until 60 s
                60 due?                -> CLOSE
                """);
    }

    @Test
    void aRoundWithTooFewMessagesIsExtendedAndThenClosesAsSoonAsItHasEnough() {
        check("""
                0 start               -> running, round 0 until 60 s: run.started round.opened
                1 accept 1            -> running, round 0 until 60 s
                60 due?               -> EXTEND
                60 extend             -> running, round 0 until 120 s: round.quorum_missed
                61 due?               -> WAIT
                120 extend            -> running, round 0 until 180 s: round.extended run.stalled
                130 accept 1          -> running, round 0 until 180 s
                130 due?              -> CLOSE
                130 close             -> running, round 1 until 190 s: round.closed run.recovered round.opened
                """);
    }

    @Test
    void aPauseMovesTheDeadlineAndKeepsTheRound() {
        check("""
                0 start       -> running, round 0 until 60 s: run.started round.opened
                20 pause      -> paused, round 0 until 60 s: run.paused
                60 due?       -> WAIT
                100 resume    -> running, round 0 until 140 s: run.resumed
                """);
    }

    @Test
    void aFrozenRoundOfAPausedRunIsClosedAndTheRunStaysPaused() {
        check("""
                0 start       -> running, round 0 until 60 s: run.started round.opened
                9 freeze      -> running, round 0 frozen until 60 s
                60 due?       -> WAIT
                20 pause      -> paused, round 0 frozen until 60 s: run.paused
                30 close      -> paused, round 1 until 90 s: round.closed round.opened
                50 resume     -> running, round 1 until 110 s: run.resumed
                """);
    }

    @Test
    void aLossOverTheLimitPausesIt() {
        check("""
                0 start              -> running, round 0 until 60 s: run.started round.opened
                30 close loss 90     -> paused, round 1 until 90 s, because of divergence: round.closed run.diverged round.opened run.paused
                40 resume            -> running, round 1 until 100 s: run.resumed
                """);
    }

    @Test
    void theLimitOfBytesFinishesIt() {
        check("""
                0 start              -> running, round 0 until 60 s: run.started round.opened
                30 close 900 bytes   -> running, round 1 until 90 s: round.closed round.opened
                40 close 100 bytes   -> finished, round 2, because of bytes: round.closed run.finished
                """);
    }

    @Test
    void itResumesAutomaticallyOnlyAfterMissingObjects() {
        check("""
                0 start              -> running, round 0 until 60 s: run.started round.opened
                10 objects-missing   -> paused, round 0 until 60 s, because of objects-missing: run.paused
                20 objects-missing   -> paused, round 0 until 60 s, because of objects-missing
                30 resume            -> running, round 0 until 80 s: run.resumed
                """);
    }

    @Test
    void refusesActionsThatItsStateDoesNotAllowAndStaysUnchanged() {
        assertThrows(ProblemException.class, () -> run.pause(Instant.EPOCH, null));
        check("0 start   -> running, round 0 until 60 s: run.started round.opened\n");
        assertThat(assertThrows(ProblemException.class, () -> run.start(Instant.EPOCH, rules.maxTime()))
                        .detail())
                .isEqualTo("cannot start run 'r' in state running: only a run in state created can be started");
        assertThrows(ProblemException.class, () -> run.resume(Instant.EPOCH));
        assertThrows(ProblemException.class, run::requireDeletable);
        check("1 cancel   -> cancelled, round 0: run.cancelled\n");
        assertThrows(ProblemException.class, () -> run.cancel(Instant.EPOCH, null));
    }
}
