package io.evenkeel.engine.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.Transcript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A run with two newest checkpoints, those of every 8th round, and the updates of 5 rounds. */
class RetentionRulesTest {

    private static final RetentionRules RULES = new RetentionRules(2, 8, 5, 3);

    /**
     * Plays a transcript. Each line has the round of the newest model, the stored checkpoints, the oldest stored
     * update, and the round with the best losses; a dash stands for none.
     */
    private static void check(String transcript) {
        Transcript.check(transcript, line -> {
            String[] words = line.split(" +", -1);
            List<Integer> checkpoints =
                    Arrays.stream(words[1].split(",")).map(Integer::valueOf).toList();
            OptionalInt oldest =
                    "-".equals(words[2]) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(words[2]));
            int best = "-".equals(words[3]) ? -1 : Integer.parseInt(words[3]);
            RetentionRules.States plan = RULES.states(checkpoints, oldest, best, Integer.parseInt(words[0]));
            List<String> steps = new ArrayList<>();
            plan.saved().ifPresent(round -> steps.add("save " + round));
            plan.updatesBefore().ifPresent(round -> steps.add("updates before " + round));
            if (!plan.checkpoints().isEmpty()) {
                steps.add("checkpoints " + plan.checkpoints());
            }
            return steps.isEmpty() ? "nothing" : String.join(", ", steps);
        });
    }

    @Test
    void keepsTheNewestCheckpointsAndThoseOfEveryEighthRound() {
        check("""
                0  0             - -  -> nothing
                2  0,2           0 -  -> nothing
                4  0,2,4         0 -  -> nothing
                6  0,2,4,6       0 -  -> updates before 1, checkpoints [2]
                6  0,4,6         1 -  -> nothing
                20 0,8,14,16,20  9 -  -> updates before 15, checkpoints [14]
                20 0,8,16,20    15 -  -> nothing
                """);
    }

    @Test
    void keepsTheBestModelAndSavesItFirst() {
        check("""
                20 0,2,16,20 4 7   -> save 7, updates before 15, checkpoints [2]
                20 0,7,16,20 15 7  -> nothing
                20 0,7,16,20 15 9  -> save 9, checkpoints [7]
                20 0,16,20   15 17 -> nothing
                """);
    }

    @Test
    void aStepDeletesAtMostAHundredUpdatesAndTenCheckpoints() {
        check("""
                400 1,2,3,4,5,6,7,9,10,11,12,13,390,400 0 -   -> updates before 100, checkpoints [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]
                400 12,13,390,400 100 -                       -> updates before 200, checkpoints [12, 13]
                400 390,400 300 -                             -> updates before 390
                """);
    }

    @Test
    void keepsTheRowsWithWhichALateMessageIsCompared() {
        assertThat(RULES.rowsKeptFrom(20, 0)).isEqualTo(17);
        assertThat(RULES.rowsKeptFrom(20, 6)).isEqualTo(13);
    }
}
