package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisplayTextTest {

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029,
                0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xD800, 0xDC00, 0xFEFF,
                0xE0041
            })
    void namesTheCharacterAndItsPosition(int hidden) {
        // An emoji is one character of two UTF-16 code units.
        String name = "\uD83D\uDE00a" + Character.toString(hidden) + "b";

        assertThat(DisplayText.faultIn(name))
                .contains(String.format(
                        "contains U+%04X as character 3, expected no control, format or line-separating characters",
                        hidden));
        assertThat(DisplayText.escape(name)).isEqualTo(String.format("\uD83D\uDE00aU+%04Xb", hidden));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "   ", "\u00A0", "\u2003\u3000", "\u200D", " \u200C "})
    void refusesBlankTexts(String blank) {
        assertThat(DisplayText.faultIn(blank)).contains("is blank, expected at least one visible character");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meter-17",
                "Zähler 17",
                "מונה",
                "عداد",
                "می\u200Cخواهم",
                "メーター",
                "\uD83D\uDC69\u200D\uD83D\uDD27",
                "a\u0301"
            })
    void acceptsNamesInEveryScript(String name) {
        assertThat(DisplayText.faultIn(name)).isEmpty();
        assertThat(DisplayText.escape(name)).isSameAs(name);
    }

    @Test
    void makesQuotedTextVisible() {
        ProblemException refusal = ProblemKind.RUN_NOT_FOUND.because("there is no run named 'a\u202Eb\n'", "look");
        assertThat(ProblemResponse.document(refusal).getDetail()).isEqualTo("there is no run named 'aU+202EbU+000A'");
    }
}
