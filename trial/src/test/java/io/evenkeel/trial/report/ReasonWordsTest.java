package io.evenkeel.trial.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonWordsTest {

    private static final Texts ENGLISH = Texts.in(Language.ENGLISH);
    private static final Texts JAPANESE = Texts.in(Language.JAPANESE);

    static java.util.List<String> keys() {
        return ReasonWords.KEYS;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void recognisesEverySentenceWithItsFigures(String key) {
        String sentence = ENGLISH.get(key, "12", "0.5", "a reason", "1:0.5").replace("‖∇f‖", "||grad f||");
        assertThat(new ReasonWords(JAPANESE).of(sentence))
                .isEqualTo(JAPANESE.get(key, "12", "0.5", "a reason", "1:0.5"));
    }

    @Test
    void translatesWhyARunDiverged() {
        String sentence = ENGLISH.get("diagnosis.diverged", "3", "1", "the loss at x^3 is not finite", "1e9");
        assertThat(new ReasonWords(JAPANESE).of(sentence))
                .contains("有限でなくなったため")
                .doesNotContain("finite");
    }

    @Test
    void doesNotTranslateAnUnknownSentence() {
        assertThat(new ReasonWords(JAPANESE).of("Nobody knows.")).isEqualTo("Nobody knows.");
    }
}
