package io.evenkeel.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandHintsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "see GET /api/v1/runs | see 'evenkeel runs list'",
                "see GET /api/v1/clients; wait | see 'evenkeel devices list'; wait",
                "look at GET /api/v1/runs/digits, and wait | look at 'evenkeel runs show digits', and wait",
                "see GET /api/v1/runs/digits/rounds/open | see 'evenkeel runs show digits'",
                "send POST /api/v1/rollouts/abc/resume | send 'evenkeel rollouts resume abc'",
                "see GET /api/v1/access-tokens | see 'evenkeel tokens list'",
                "look it up in GET /openapi.json | look it up in docs/cli.md",
                "send it again | send it again"
            })
    void namesTheCommandInsteadOfTheRequest(String advice, String hint) {
        assertThat(Refusal.CommandHints.in(advice)).isEqualTo(hint);
    }
}
