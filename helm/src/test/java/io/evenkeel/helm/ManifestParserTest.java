package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestParserTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: a
              labels: {a: b}
            spec:
              ports:
                - port: 80
                  targetPort: http
            """;

    @Test
    void acceptsWhatKubernetesKnows() {
        assertThat(ManifestParser.parse("---\n" + SERVICE + "---\n# nothing\n---\n" + SERVICE))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "port: 80 -> prt: 80",
                "spec: -> specs:",
                "port: 80 -> port: \"80\"",
                "a: b -> a: 1",
                "a: b -> a: true",
                "{a: b} -> {a: b, a: c}",
                "kind: Service -> kind: Servis",
                "apiVersion: v1 -> apiVersion: v2"
            })
    void refusesWhatItDoesNot(String part, String replacement) {
        String broken = SERVICE.replace(part, replacement);

        assertThat(broken).isNotEqualTo(SERVICE);
        assertThatThrownBy(() -> ManifestParser.parse(broken)).isNotNull();
    }
}
