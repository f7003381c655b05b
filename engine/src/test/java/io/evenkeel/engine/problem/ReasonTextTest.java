package io.evenkeel.engine.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReasonTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", " a\nb\tc ", "a\u2028b", "\u0000", "a\u202eb", "a😀"})
    void isAlwaysValid(String text) {
        assertThat(ReasonText.isValid(ReasonText.of(text))).isTrue();
        assertThat(ReasonText.isValid(ReasonText.of(text.repeat(300)))).isTrue();
    }

    @Test
    void hasAtMost500CharactersWithoutControlCharacters() {
        assertThat(ReasonText.of(" no\nspace ")).isEqualTo("no space");
        assertThat(ReasonText.isValid("x".repeat(500))).isTrue();
        assertThat(ReasonText.isValid("x".repeat(501))).isFalse();
        assertThat(ReasonText.isValid("a\nb")).isFalse();
        assertThat(ReasonText.isValid("a\u2029b")).isFalse();
    }
}
