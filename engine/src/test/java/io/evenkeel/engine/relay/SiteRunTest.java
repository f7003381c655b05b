package io.evenkeel.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.run.RunState;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SiteRunTest {

    /**
     * Plays a transcript. Each line has the run's state, its open round and number of rounds, and what the relay
     * learned: the upstream model of the open round's start ({@code same}) or another one ({@code model}), with the
     * number of rounds left there, or how the upstream run ended.
     */
    private static void check(String transcript) {
        Transcript.check(transcript, line -> {
            String[] words = line.split(" +", -1);
            String[] of = words[1].split("/", -1);
            SiteRun run = new SiteRun(
                    RunState.valueOf(words[0].toUpperCase(Locale.ROOT)),
                    Integer.parseInt(of[0]),
                    Integer.parseInt(of[1]));
            SiteRun.Step step = switch (words[2]) {
                case "same" -> run.answer(true, Integer.parseInt(words[3]));
                case "model" -> run.answer(false, Integer.parseInt(words[3]));
                case "finished" -> run.finish();
                case "cancelled" -> run.cancel();
                default -> run.miss();
            };
            if (step instanceof SiteRun.Lead lead) {
                return "lead"
                        + (lead.rounds().isPresent()
                                ? ", rounds " + lead.rounds().getAsInt()
                                : "");
            }
            return step instanceof SiteRun.Cancel cancel
                    ? "cancel: " + cancel.why()
                    : step.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        });
    }

    @Test
    void answersTheModelAtWhichItsRoundStartsAndLeadsOnToAnyOther() {
        check("""
                created  0/10 model 10 -> start
                running  0/10 same  10 -> answer
                running  0/10 model  9 -> lead
                running  1/10 same   9 -> answer
                paused   1/10 same   9 -> answer
                paused   1/10 model  8 -> lead
                """);
    }

    @Test
    void addsRoundsIfItsOpenRoundIsTheLastButTheUpstreamRunContinues() {
        check("""
                running  8/10 model  5 -> lead
                running  9/10 model  5 -> lead, rounds 15
                running 10/15 same   5 -> answer
                running 14/15 model  1 -> lead, rounds 16
                """);
    }

    @Test
    void aRunThatIsOverFollowsNoFurtherModel() {
        check("""
                finished  9/10 model 3 -> refuse
                cancelled 3/10 same  3 -> refuse
                failed    3/10 model 3 -> refuse
                """);
    }

    @Test
    void endsWithTheUpstreamRun() {
        check("""
                running  4/10 finished  -> lead, rounds 5
                running  9/10 finished  -> lead
                paused   9/10 finished  -> lead
                finished 9/10 finished  -> none
                created  0/10 finished  -> cancel: the run above is over, but this one had not started
                running  4/10 cancelled -> cancel: the run above was cancelled or has failed
                failed   4/10 cancelled -> none
                created  0/10 cancelled -> cancel: the run above is over, but this one had not started
                """);
    }

    @Test
    void continuesIfTheRelayMissedTheUpstreamRunAfterAStart() {
        check("""
                created  0/10 missed -> cancel: the run above is over, but this one had not started
                running  4/10 missed -> none
                finished 9/10 missed -> none
                """);
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aSiteSendsSumsOrMeansAsTheUpstreamMethodDoes(FeedbackMethod upstream) {
        FeedbackMethod here = SiteRun.algorithm(upstream).feedback();
        assertThat(here.retainsSum()).isEqualTo(upstream.retainsSum());
        assertThat(here.hasMomentum()).isFalse();
        assertThat(here == FeedbackMethod.NONE).isEqualTo(upstream == FeedbackMethod.NONE);
    }

    @Test
    void givesTheReasonWhyARunCannotBeFollowed() {
        assertThat(SiteRun.obstacle("ef21-storm", FeedbackMethod.EF21_STORM, false, false))
                .hasValueSatisfying(why -> assertThat(why).contains("two gradients of the same sample"));
        assertThat(SiteRun.obstacle(Preset.EF14_DECAY_SCATTER_MEAN.text(), FeedbackMethod.EF14_DECAY, false, false))
                .hasValueSatisfying(why -> assertThat(why).contains("choose ef14-decay there"));
        assertThat(SiteRun.obstacle("ef21-norm", FeedbackMethod.EF21, true, false))
                .hasValueSatisfying(why -> assertThat(why).startsWith("has privacy"));
        assertThat(SiteRun.obstacle("ef21-norm", FeedbackMethod.EF21, false, true))
                .hasValueSatisfying(why -> assertThat(why).startsWith("has secure aggregation"));
        assertThat(SiteRun.obstacle("ef14-decay", FeedbackMethod.EF14_DECAY, false, false))
                .isEmpty();
    }
}
