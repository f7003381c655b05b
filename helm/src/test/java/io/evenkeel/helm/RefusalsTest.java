package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalsTest {

    @Test
    void refusesTwoReplicasWithoutPostgresql() {
        assertRefused(
                Map.of("replicaCount", 2),
                "replicaCount is 2, but database.type is h2: an H2 file belongs to one process."
                        + " More than one replica requires PostgreSQL: set database.type=postgresql and"
                        + " database.postgresql.host, or replicaCount=1.");
    }

    @Test
    void refusesAutoscalingWithoutPostgresql() {
        assertRefused(Map.of("autoscaling.enabled", true), "Autoscaling requires PostgreSQL");
    }

    static Stream<Arguments> halfGivenValues() {
        return Stream.of(
                Arguments.of(Map.of("database.type", "postgresql"), "database.postgresql.host is empty"),
                Arguments.of(
                        Map.of("database.type", "postgresql", "database.postgresql.host", "db"),
                        "set database.postgresql.existingSecret"),
                Arguments.of(Map.of("storage.s3.region", "us-east-1"), "storage.s3.bucket is empty"),
                Arguments.of(Map.of("relay.upstream", "https://above"), "relay.run or relay.existingSecret is empty"),
                Arguments.of(Map.of("relay.run", "digits"), "relay.upstream is empty"),
                Arguments.of(
                        Map.of(
                                "relay.upstream", "https://above",
                                "relay.run", "digits",
                                "relay.existingSecret", "upstream",
                                "persistence.enabled", false),
                        "a relay keeps its membership on the volume"),
                Arguments.of(Map.of("tls.enabled", true), "tls.existingSecret is empty"),
                Arguments.of(Map.of("ingress.enabled", true), "ingress.hosts is empty"),
                Arguments.of(Map.of("httpRoute.enabled", true), "httpRoute.parentRefs is empty"),
                Arguments.of(Map.of("prometheusRule.enabled", true), "prometheusRule.runbookUrl is empty"),
                Arguments.of(
                        Map.of("networkPolicy.extraEgress[0].ports[0].port", 4318), "set networkPolicy.enabled and"),
                Arguments.of(Map.of("preStopSleepSeconds", 11), "leave time to shut down, set it to at least 61"),
                Arguments.of(Map.of("autoscaling.minReplicas", 9), "more than autoscaling.maxReplicas"),
                Arguments.of(
                        Map.of(
                                "relay.upstream", "https://above",
                                "relay.run", "digits",
                                "relay.existingSecret", "upstream",
                                "database.type", "postgresql",
                                "database.postgresql.host", "db",
                                "database.postgresql.password", "x"),
                        "a relay keeps its state in H2"),
                Arguments.of(
                        Map.of("database.type", "postgresql", "database.postgresql.hostKey", "host"),
                        "database.postgresql.existingSecret is empty"),
                Arguments.of(
                        Map.of("service.loadBalancerSourceRanges[0]", "192.0.2.0/24"), "set service.type=LoadBalancer"),
                Arguments.of(Map.of("service.externalTrafficPolicy", "Local"), "but service.type is ClusterIP"),
                Arguments.of(Map.of("backup.enabled", true), "copied while the coordinator is stopped"),
                Arguments.of(
                        Map.of(
                                "backup.enabled", true,
                                "database.type", "postgresql",
                                "database.postgresql.host", "db",
                                "database.postgresql.password", "x"),
                        "backup.existingClaim is empty"),
                Arguments.of(
                        Map.of("extraEnv[0].name", "A", "extraEnv[1].name", "A"), "extraEnv has A twice: leave one"));
    }

    @ParameterizedTest
    @MethodSource("halfGivenValues")
    void saysWhatIsMissing(Map<String, ?> values, String message) {
        assertRefused(values, message);
    }

    static Stream<Map<String, Object>> valuesOutsideTheSchema() {
        return Stream.of(
                Map.of("replicas", 2),
                Map.of("image.tags", "1"),
                Map.of("database.postgresql.pasword", "x"),
                Map.of("networkPolicy.typo", true),
                Map.of("prometheusRule.runbookUrl", "docs/runbook.md"),
                Map.of("image.tag", "latest"),
                Map.of("image.digest", "sha256:abc"),
                Map.of("database.type", "mysql"),
                Map.of("replicaCount", "two"),
                Map.of("service.port", 70000),
                Map.of("operatorToken.value", "guessable"),
                Map.of("viewerToken.value", "evk_op_" + "b".repeat(43)),
                Map.of("logFormat", "xml"),
                Map.of("persistence.size", "8 GB"),
                Map.of("fullnameOverride", "1site"),
                Map.of("fullnameOverride", "keel.prod"),
                Map.of("securityContext.readOnlyRootFileSystem", true),
                Map.of("podSecurityContext.runAsNonroot", true),
                Map.of("podDisruptionBudget.maxUnavailable", "0%"),
                Map.of("extraEnv[0].value", "nameless"),
                Map.of("extraEnv[0].name", "A", "extraEnv[0].valeu", "1"),
                Map.of("resources.limits.memory", "lots"),
                Map.of("commonLabels.app\\.kubernetes\\.io/name", "other"));
    }

    @ParameterizedTest
    @MethodSource("valuesOutsideTheSchema")
    void refusesValuesOutsideTheSchema(Map<String, Object> values) {
        assertRefused(values, "values don't meet the specifications of the schema");
    }

    private static void assertRefused(Map<String, ?> values, String message) {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Chart.render(values))
                .withMessageContaining(message);
    }
}
