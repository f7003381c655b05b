package io.evenkeel.engine.evaluation;

import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Transcripts of evaluations that need two results until second 60. Each line has a time in seconds, the
 * number of results or another event, and the state.
 */
class EvaluationRoundTest {

    private static void check(@Nullable Integer most, String transcript) {
        Transcript.check(transcript, line -> {
            String[] words = line.split(" ", 3);
            String more = words.length > 2 ? words[2] : "";
            return new EvaluationRound(
                            1,
                            "e",
                            new EvaluatedModel(null, null, "r", 3),
                            DeviceSelector.ALL,
                            "seed",
                            1,
                            2,
                            most,
                            List.of(),
                            Map.of(),
                            Integer.parseInt(words[1]),
                            Instant.ofEpochSecond(60),
                            "operator",
                            Instant.EPOCH,
                            more.contains("cancelled") ? Instant.EPOCH : null,
                            more.contains("ended") ? Instant.EPOCH : null,
                            null)
                    .state(Instant.ofEpochSecond(Long.parseLong(words[0])))
                    .text();
        });
    }

    @Test
    void endsAtItsDeadlineWithEnoughResultsOrFails() {
        check(null, """
                0 0    -> open
                59 1   -> open
                60 1   -> failed
                59 2   -> open
                60 2   -> finished
                """);
    }

    @Test
    void endsWithItsMaximumOfResults() {
        check(3, """
                10 2   -> open
                10 3   -> finished
                90 3   -> finished
                """);
    }

    @Test
    void keepsItsFinalStateEvenIfTheClockIsSetBack() {
        check(null, """
                60 1            -> failed
                30 1 ended      -> failed
                30 2 ended      -> finished
                """);
    }

    @Test
    void acceptsNothingAfterItWasCancelled() {
        check(3, """
                10 0 cancelled   -> cancelled
                60 3 cancelled   -> cancelled
                """);
    }
}
