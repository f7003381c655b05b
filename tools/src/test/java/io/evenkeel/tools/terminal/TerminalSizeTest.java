package io.evenkeel.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalSizeTest {

    @Test
    void readsRowsAndColumns() {
        assertThat(TerminalSize.parse("50 200\n")).isEqualTo(new TerminalSize(200, 50));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0 0", "50"})
    void usesTheDefaultSizeIfTheTerminalReportsNone(String answer) {
        assertThat(TerminalSize.parse(answer)).isEqualTo(TerminalSize.USUAL);
    }
}
