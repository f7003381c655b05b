package io.evenkeel.engine.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.Run;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Transcripts of attempts of one round. A cohort has 5 to 10 members; a round takes 60 s and a step 30 s. Each line has
 * a time in seconds, the number of members that take the step or another event, and the outcome.
 */
class AttemptRulesTest {

    private static final String DEFINITION = """
        {"name": "r", "dimension": 4, "algorithm": "ef21-norm", "rounds": 3, "participants": {"min": 5, "max": 10},
         "time": {"max": "PT60S"}, "secureAggregation": {"phaseTime": "PT30S",
         "owners": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}}\
        """;

    private final ValidatedPlan plan = ValidatedPlan.of(JsonMapper.shared().readValue(DEFINITION, RunDefinition.class));
    private final RoundRules round = RoundRules.of(plan.definition());
    private final AttemptRules rules = new AttemptRules(round, Objects.requireNonNull(plan.secureAggregation()));
    private final Run run = new Run("r", "{}", Instant.EPOCH);
    private final BitSet sampled = new BitSet();
    private final BitSet declined = new BitSet();
    private final BitSet silent = new BitSet();
    private final BitSet leavers = new BitSet();
    private final BitSet sent = new BitSet();
    private boolean othersWait;
    private int maskedAttempts;
    private Instant now = Instant.EPOCH;
    private Attempt attempt = new Attempt(1, 1, 0, 0, AttemptPhase.KEYS, Instant.EPOCH, 0, 0, 0, 0, 0);

    private Attempt begin(int number) {
        sent.clear();
        return new Attempt(number + 1, 1, 0, number, AttemptPhase.KEYS, now, 0, 0, 0, 0, 0);
    }

    private void check(String transcript) {
        Transcript.check(transcript, this::happen);
    }

    private String happen(String line) {
        String[] words = line.split(" ", -1);
        now = Instant.EPOCH.plusSeconds(Long.parseLong(words[0]));
        int number = words.length > 2 ? Integer.parseInt(words[2]) : 0;
        switch (words[1]) {
            case "asked" -> {
                sampled.set(0, number);
                run.start(now, round.maxTime());
            }
            case "declines" -> declined.set(number);
            case "silent" -> silent.set(number);
            case "leaves" -> leavers.set(number);
            case "others-wait" -> othersWait = true;
            case "keys" -> {
                sent.set(0, number);
                take(number, 0, 0, 0);
            }
            case "shares" -> take(attempt.advertised(), number, 0, 0);
            case "vectors" -> {
                maskedAttempts += attempt.masked() == 0 ? 1 : 0;
                take(attempt.advertised(), attempt.sharing(), number, 0);
            }
            case "reveals" -> take(attempt.advertised(), attempt.sharing(), attempt.masked(), number);
            case "check" -> {}
            default -> throw new AssertionError("not a line of a transcript: " + line);
        }
        return move();
    }

    private void take(int advertised, int sharing, int masked, int revealed) {
        attempt = new Attempt(
                attempt.id(),
                1,
                0,
                attempt.number(),
                attempt.phase(),
                attempt.since(),
                attempt.threshold(),
                advertised,
                sharing,
                masked,
                revealed);
    }

    private String move() {
        AskedMembers asked = new AskedMembers(sampled, declined, silent, leavers, () -> othersWait);
        boolean isOver = rules.isOver(attempt, run.current(), asked, sent, now);
        if (isOver) {
            assertThat(rules.mayEnd(attempt, run.current(), asked, () -> false, now))
                    .isTrue();
        }
        if (!isOver) {
            return attempt.hasEnoughReveals() && attempt.phase() == AttemptPhase.REVEAL
                    ? "sum if the shares are right"
                    : "waits for " + attempt.phase().text();
        }
        String missed = rules.missed(attempt, asked, sent)
                .filter(members -> !members.isEmpty())
                .map(members -> ", missed by " + members)
                .orElse("");
        Optional<AttemptRules.Cohort> cohort =
                rules.cohort(sent.stream().boxed().toList());
        AttemptEnd end = attempt.phase() == AttemptPhase.KEYS
                ? rules.afterKeys(cohort, sent.cardinality(), "", maskedAttempts)
                : rules.after(attempt, maskedAttempts);
        if (end instanceof AttemptEnd.Next next) {
            attempt = new Attempt(
                    attempt.id(),
                    1,
                    0,
                    attempt.number(),
                    next.phase(),
                    now,
                    cohort.map(AttemptRules.Cohort::threshold).orElse(attempt.threshold()),
                    cohort.map(found -> found.members().size()).orElse(attempt.advertised()),
                    attempt.sharing(),
                    attempt.masked(),
                    0);
            run.current().waitUntil(now.plus(next.time()));
            return next.phase().text() + " until " + seconds() + " s of " + attempt.advertised() + ", threshold "
                    + attempt.threshold() + missed;
        }
        if (end instanceof AttemptEnd.Again again) {
            run.extend(now, round, round, again.why());
            attempt = begin(attempt.number() + 1);
            return "attempt " + attempt.number() + " until " + seconds() + " s, since " + again.why() + missed;
        }
        return "no sum: " + ((AttemptEnd.GiveUp) end).why();
    }

    private long seconds() {
        return Objects.requireNonNull(run.current().deadline()).getEpochSecond();
    }

    @Test
    void stepsEndWithTheirLastMemberOrAtTheirTimeout() {
        check("""
            0 asked 8 -> waits for keys
            5 keys 7 -> waits for keys
            6 keys 8 -> shares until 36 s of 8, threshold 5
            7 shares 7 -> waits for shares
            36 check -> masked until 66 s of 8, threshold 5
            37 vectors 6 -> waits for masked
            66 check -> reveal until 126 s of 8, threshold 5
            67 check -> waits for reveal
            68 reveals 5 -> waits for reveal
            69 reveals 6 -> sum if the shares are right
            """);
    }

    @Test
    void aFullCohortDoesNotWaitForTheOthers() {
        check("""
            0 asked 20 -> waits for keys
            5 keys 9 -> waits for keys
            6 keys 10 -> shares until 36 s of 10, threshold 7
            """);
    }

    @Test
    void withTooFewMembersTheNextAttemptAsksAllForTheSameMessages() {
        check("""
            0 asked 6 -> waits for keys
            60 keys 4 -> attempt 1 until 120 s, since only 4 of at least 5 members sent keys, missed by {4, 5}
            61 keys 4 -> waits for keys
            90 keys 5 -> shares until 120 s of 5, threshold 3
            91 shares 4 -> waits for shares
            120 check -> attempt 2 until 180 s, since only 4 of at least 5 members shared their secrets
            121 keys 6 -> shares until 151 s of 6, threshold 4
            122 shares 6 -> masked until 152 s of 6, threshold 4
            123 vectors 4 -> waits for masked
            152 check -> attempt 3 until 212 s, since only 4 of at least 5 members sent a vector
            """);
    }

    @Test
    void tooFewRevealsEndTheRoundWithoutMessages() {
        check("""
            0 asked 6 -> waits for keys
            1 keys 6 -> shares until 31 s of 6, threshold 4
            2 shares 6 -> masked until 32 s of 6, threshold 4
            3 vectors 6 -> reveal until 63 s of 6, threshold 4
            4 reveals 2 -> waits for reveal
            62 check -> waits for reveal
            63 check -> no sum: 2 of 6 members revealed their shares, which is too few
            """);
    }

    @Test
    void aRoundEndsAfterTheMaximumNumberOfMaskedAttempts() {
        maskedAttempts = 9;
        check("""
            0 asked 6 -> waits for keys
            1 keys 6 -> shares until 31 s of 6, threshold 4
            2 shares 6 -> masked until 32 s of 6, threshold 4
            3 vectors 1 -> waits for masked
            32 check -> no sum: in 10 attempts only 1 of at least 5 members sent a vector
            """);
    }

    @Test
    void doesNotWaitForMembersThatDeclineLeaveOrWereSilent() {
        check("""
            0 asked 8 -> waits for keys
            1 declines 7 -> waits for keys
            2 leaves 6 -> waits for keys
            3 keys 5 -> waits for keys
            4 silent 5 -> shares until 34 s of 5, threshold 3, missed by {5}
            """);
    }

    @Test
    void asksOthersIfThoseAskedAreTooFewAndOthersWait() {
        check("""
            0 asked 6 -> waits for keys
            1 leaves 5 -> waits for keys
            2 leaves 4 -> waits for keys
            3 others-wait -> attempt 1 until 63 s, since only 0 of at least 5 members sent keys
            """);
    }

    @Test
    void aCohortHasDevicesOfOneOwnerAndOwnersTakeTurns() {
        List<Integer> first = IntStream.range(0, 5).boxed().toList();
        List<Integer> second = IntStream.range(5, 11).boxed().toList();
        List<Integer> small = List.of(11, 12);
        TreeMap<String, List<Integer>> byOwner = new TreeMap<>();
        byOwner.put("a", small);
        assertThat(rules.ofOneOwner(byOwner, 0))
                .as("too few, but no others exist")
                .isEqualTo(small);
        byOwner.put("b", first);
        byOwner.put("c", second);
        assertThat(rules.ofOneOwner(byOwner, 0)).isEqualTo(first);
        assertThat(rules.ofOneOwner(byOwner, 1)).isEqualTo(second);
        assertThat(rules.ofOneOwner(byOwner, 2)).isEqualTo(first);
        assertThat(rules.ofOneOwner(new TreeMap<>(), 0)).isEmpty();
    }
}
