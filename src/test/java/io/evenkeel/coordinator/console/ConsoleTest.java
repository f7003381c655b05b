package io.evenkeel.coordinator.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.InteractiveSignIn;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@CoordinatorTest
class ConsoleTest {

    @Autowired
    private Api api;

    @Autowired
    private InteractiveSignIn signIn;

    @Test
    void isServedToEverybodyUnderAPolicyWithoutInlineScripts() {
        api.anonymous()
                .get()
                .uri("/")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Content-Security-Policy", ConsoleController.CONTENT_POLICY.formatted(""))
                .expectHeader()
                .valueEquals("Cache-Control", "no-cache");
        assertThat(ConsoleController.CONTENT_POLICY).doesNotContain("unsafe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.js",
                "console.css",
                "standalone.module.js",
                "uPlot.esm.js",
                "uPlot.min.css",
                "js-yaml.mjs",
                "qr-creator.es6.min.js"
            })
    void servesItsFilesWithTagsOfTheirContent(String file) {
        String tag = Objects.requireNonNull(api.anonymous()
                .get()
                .uri("/console/" + file)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(byte[].class)
                .getResponseHeaders()
                .getETag());
        api.anonymous()
                .get()
                .uri("/console/" + file)
                .header("If-None-Match", tag)
                .exchange()
                .expectStatus()
                .isNotModified();
    }

    @Test
    void isNotFoundWhenSwitchedOff() {
        assertThatThrownBy(() -> new ConsoleController(new ConsoleSettings(false), signIn).document())
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("switched off");
    }

    @Test
    void showsOperatorsAndViewersTheirRole() {
        assertThat(api.operator()
                        .get()
                        .uri("/api/v1/caller")
                        .exchange()
                        .returnResult(String.class)
                        .getResponseBody())
                .contains("\"role\":\"operator\"");
        assertThat(api.viewer()
                        .get()
                        .uri("/api/v1/caller")
                        .exchange()
                        .returnResult(String.class)
                        .getResponseBody())
                .contains("\"role\":\"viewer\"");
    }
}
