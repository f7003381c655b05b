package io.evenkeel.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiPathTest {

    @Test
    void appendsParametersToThePath() {
        assertThat(ApiPath.of("runs", "digits", "rounds").with("from", 3).with("limit", 10))
                .hasToString("/runs/digits/rounds?from=3&limit=10");
    }

    @Test
    void leavesOutParametersWithoutAValue() {
        assertThat(ApiPath.of("audit-log").with("run", null).with("limit", 1)).hasToString("/audit-log?limit=1");
    }

    @Test
    void keepsEachNameInItsSegment() {
        assertThat(ApiPath.of("runs", "a/b?c&d e%+ü")).hasToString("/runs/a%2Fb%3Fc%26d%20e%25%2B%C3%BC");
        assertThat(ApiPath.of("runs", "..")).hasToString("/runs/%2E%2E");
        assertThat(ApiPath.of("clients").with("after", "a&b=c")).hasToString("/clients?after=a%26b%3Dc");
    }
}
