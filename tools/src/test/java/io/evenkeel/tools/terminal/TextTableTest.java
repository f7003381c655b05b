package io.evenkeel.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void alignsAllColumnsButTheLast() {
        assertThat(new TextTable()
                        .row("rounds", "600", "with 10 devices")
                        .row("a", "12345", "x")
                        .row("state", "a long text that no column follows")
                        .lines())
                .containsExactly(
                        "  rounds  600    with 10 devices",
                        "  a       12345  x",
                        "  state   a long text that no column follows");
    }
}
