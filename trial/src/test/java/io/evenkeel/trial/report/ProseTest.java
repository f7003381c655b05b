package io.evenkeel.trial.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProseTest {

    @Test
    void writesHeadingsParagraphsListsAndTables() {
        String html = Prose.of("""
                        ## One
                        a `b`
                        c **agrees**.

                        | arm | rounds |
                        |---|---|
                        | x*2 | - |

                        - first: *8*
                        """).toString().replace("\n", "");
        assertThat(html)
                .isEqualTo("<h2>One</h2><p>a <code>b</code> c <strong>agrees</strong>.</p>"
                        + "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th>arm</th><th>rounds</th></tr></thead>"
                        + "<tbody><tr><td>x*2</td><td>-</td></tr></tbody></table></div>"
                        + "<ul><li>first: <em>8</em></li></ul>");
    }

    @Test
    void escapesFileNames() {
        assertThat(Prose.of("### <img src=x onerror=alert(1)>.libsvm & <b>").toString())
                .doesNotContain("<img")
                .doesNotContain("<b>");
    }
}
