package io.evenkeel.engine.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class SilenceTest {

    private static BitSet of(int... ordinals) {
        BitSet set = new BitSet();
        for (int ordinal : ordinals) {
            set.set(ordinal);
        }
        return set;
    }

    private static Silence missed(int times, Silence before) {
        Silence silence = before;
        for (int i = 0; i < times; i++) {
            silence = silence.after(of(0, 1, 2), of(1));
        }
        return silence;
    }

    @Test
    void aMemberThatMissesThreeRoundsIsSilent() {
        assertThat(missed(2, Silence.NONE).silent()).isEqualTo(of());
        assertThat(missed(3, Silence.NONE).silent()).isEqualTo(of(1));
        assertThat(missed(9, Silence.NONE).silent()).isEqualTo(of(1));
    }

    @Test
    void anAnswerResetsTheCount() {
        Silence answered = missed(9, Silence.NONE).after(of(0, 1), of());
        assertThat(answered.isEmpty()).isTrue();
        assertThat(missed(2, answered).silent()).isEqualTo(of());
    }

    @Test
    void aRoundThatDidNotAskItDoesNotCount() {
        Silence silence = missed(2, Silence.NONE).after(of(0, 2), of(0));
        assertThat(silence.silent()).isEqualTo(of());
        assertThat(silence.after(of(1), of(1)).silent()).isEqualTo(of(1));
    }

    @Test
    void roundsWaitAgainForAMemberThatSendsARequest() {
        Silence silence = missed(3, Silence.NONE);
        assertThat(silence.without(of(0, 2))).isEqualTo(silence);
        assertThat(silence.without(of(1))).isEqualTo(Silence.NONE);
    }

    @Test
    void isStoredUnchanged() {
        Silence silence = missed(3, Silence.NONE).after(of(5, 900_000), of(5, 900_000));
        assertThat(Silence.of(silence.entries())).isEqualTo(silence);
        assertThat(Silence.of(silence.entries()).silent()).isEqualTo(of(1));
    }
}
