package io.evenkeel.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretsTest {

    private static final String OPERATOR_SECRET = "trial-evenkeel-operator";
    private static final String KEY = "operator-token";
    private static final String GIVEN_TOKEN = "evk_op_" + "b".repeat(43);

    static List<Path> valueSets() {
        return Chart.valueSets();
    }

    @AfterEach
    void forgetSecrets() {
        StubCluster.instance().clear();
    }

    @Test
    void makesAnOperatorTokenOf256RandomBits() {
        String token = operatorToken(Chart.render(Map.of()));

        assertThat(token).matches("evk_op_[-_A-Za-z0-9]{43}");
        assertThat(Base64.getUrlDecoder().decode(token.substring("evk_op_".length())))
                .hasSize(32);
        assertThat(operatorToken(Chart.render(Map.of()))).isNotEqualTo(token);
    }

    @Test
    void makesAViewerTokenThatPrometheusPresents() {
        Manifests manifests = Chart.render(Map.of("serviceMonitor.enabled", "true"));
        SecretKeySelector viewer = reference(manifests, "EVENKEEL_VIEWER_TOKEN");

        assertThat(token(manifests, viewer.getName(), viewer.getKey())).matches("evk_view_[-_A-Za-z0-9]{43}");
        assertThat(viewer.getName()).isNotEqualTo(OPERATOR_SECRET);
        assertThat(manifests.only(ServiceMonitor.class).getSpec().getEndpoints())
                .singleElement()
                .satisfies(endpoint ->
                        assertThat(endpoint.getAuthorization().getCredentials()).isEqualTo(viewer));
    }

    @Test
    void keepsTheTokenItMadeOverUpgrades() {
        StubCluster.instance().put(OPERATOR_SECRET, KEY, base64("evk_op_kept"));

        assertThat(operatorToken(Chart.render(Map.of()))).isEqualTo("evk_op_kept");
        assertThat(operatorToken(Chart.render(Map.of("image.tag", "9.9.9")))).isEqualTo("evk_op_kept");
    }

    @Test
    void makesNoOtherTokenForAnotherKey() {
        StubCluster.instance().put(OPERATOR_SECRET, KEY, base64("evk_op_kept"));

        assertThat(operatorToken(Chart.render(Map.of("operatorToken.key", "token"))))
                .isEqualTo("evk_op_kept");
    }

    @Test
    void prefersATokenThatIsGiven() {
        StubCluster.instance().put(OPERATOR_SECRET, KEY, base64("evk_op_kept"));

        assertThat(operatorToken(Chart.render(Map.of("operatorToken.value", GIVEN_TOKEN))))
                .isEqualTo(GIVEN_TOKEN);
    }

    @Test
    void usesExistingSecretsAndCreatesNone() {
        Manifests manifests = Chart.render(Chart.valueSet("postgresql"));

        assertThat(manifests.all(Secret.class)).isEmpty();
        assertThat(reference(manifests, "EVENKEEL_OPERATOR_TOKEN"))
                .isEqualTo(new SecretKeySelector("token", "my-operator", null));
        assertThat(reference(manifests, "EVENKEEL_VIEWER_TOKEN"))
                .isEqualTo(new SecretKeySelector("token", "my-viewer", null));
        assertThat(reference(manifests, "SPRING_DATASOURCE_USERNAME"))
                .isEqualTo(new SecretKeySelector("user", "my-database", null));
        assertThat(reference(manifests, "SPRING_DATASOURCE_PASSWORD"))
                .isEqualTo(new SecretKeySelector("pass", "my-database", null));
    }

    @Test
    void takesARelaysEnrolmentTokenFromASecret() {
        Manifests manifests = Chart.render(Chart.valueSet("relay"));

        assertThat(reference(manifests, "EVENKEEL_RELAY_ENROLMENT_TOKEN"))
                .isEqualTo(new SecretKeySelector("token", "upstream", null));
        assertThat(manifests.variable("EVENKEEL_RELAY_UPSTREAM").getValue())
                .isEqualTo("https://coordinator.example:8080");
        assertThat(manifests.variable("EVENKEEL_RELAY_RUN").getValue()).isEqualTo("digits");
        assertThat(Chart.render(Map.of()).variables()).doesNotContain("EVENKEEL_RELAY_UPSTREAM");
    }

    @Test
    void putsTheDatabasesPasswordIntoASecret() {
        Manifests manifests = Chart.render(Chart.valueSet("autoscaling"));
        SecretKeySelector password = reference(manifests, "SPRING_DATASOURCE_PASSWORD");

        assertThat(manifests.all(Secret.class))
                .filteredOn(secret -> secret.getMetadata().getName().equals(password.getName()))
                .singleElement()
                .satisfies(secret -> assertThat(secret.getData())
                        .containsEntry(password.getKey(), base64("only-for-this-test"))
                        .containsEntry("username", base64("evenkeel")));
    }

    @Test
    void restartsThePodsWhenAGivenSecretChanges() {
        Map<String, String> before = podAnnotations(Map.of("operatorToken.value", GIVEN_TOKEN));
        Map<String, String> after = podAnnotations(Map.of("operatorToken.value", GIVEN_TOKEN.replace('b', 'c')));

        assertThat(after.get("checksum/secrets")).isNotEqualTo(before.get("checksum/secrets"));
        assertThat(podAnnotations(Map.of())).as("a generated token").isEqualTo(podAnnotations(Map.of()));
    }

    @Test
    void restartsThePodsWhenTheConfigurationChanges() {
        Map<String, String> before = podAnnotations(Map.of("config.a", "b"));
        Map<String, String> after = podAnnotations(Map.of("config.a", "c"));

        assertThat(after.get("checksum/config")).isNotEqualTo(before.get("checksum/config"));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void keepsSecretsOutOfEverythingButSecrets(Path valueSet) {
        Manifests manifests = Chart.render(
                valueSet, Map.of("operatorToken.value", GIVEN_TOKEN, "database.postgresql.password", "hush-hush"));

        assertThat(manifests.objects())
                .filteredOn(object -> !(object instanceof Secret))
                .extracting(HasMetadata::toString)
                .noneMatch(text -> text.contains(GIVEN_TOKEN) || text.contains("hush-hush"))
                .noneMatch(text -> text.contains(base64(GIVEN_TOKEN)) || text.contains(base64("hush-hush")));
        assertThat(manifests.all(ConfigMap.class))
                .flatExtracting(map -> map.getData().entrySet())
                .extracting(Object::toString)
                .noneMatch(text -> text.matches("(?is).*\\b(password|secret|token) *[:=].*"));
        assertThat(manifests.containers())
                .flatExtracting(Container::getEnv)
                .filteredOn(variable -> variable.getName().matches(".*(TOKEN|PASSWORD|USERNAME|SECRET).*"))
                .isNotEmpty()
                .extracting(EnvVar::getValue)
                .containsOnlyNulls();
    }

    private static Map<String, String> podAnnotations(Map<String, String> values) {
        return Chart.render(values)
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations();
    }

    private static SecretKeySelector reference(Manifests manifests, String variable) {
        return manifests.variable(variable).getValueFrom().getSecretKeyRef();
    }

    private static String operatorToken(Manifests manifests) {
        return token(manifests, OPERATOR_SECRET, KEY);
    }

    private static String token(Manifests manifests, String name, String key) {
        Secret secret = manifests.all(Secret.class).stream()
                .filter(one -> one.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
