package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OptionalFeaturesTest {

    static Stream<Arguments> features() {
        return Stream.of(
                Arguments.of("Ingress", Map.of("ingress.enabled", true, "ingress.hosts[0]", "a.example.org")),
                Arguments.of("HTTPRoute", Map.of("httpRoute.enabled", true, "httpRoute.parentRefs[0].name", "g")),
                Arguments.of("ServiceMonitor", Map.of("serviceMonitor.enabled", true)),
                Arguments.of(
                        "PrometheusRule",
                        Map.of("prometheusRule.enabled", true, "prometheusRule.runbookUrl", "https://wiki.example/r")),
                Arguments.of("ConfigMap", Map.of("dashboards.enabled", true)),
                Arguments.of("ConfigMap", Map.of("config.a", "b")));
    }

    @ParameterizedTest
    @MethodSource("features")
    void areOffByDefaultAndAddOneKindEach(String kind, Map<String, ?> values) {
        Manifests without = Chart.render(Map.of());

        assertThat(without.kinds()).doesNotContain(kind);
        assertThat(Chart.render(values).kinds())
                .contains(kind)
                .filteredOn(other -> !other.equals(kind))
                .isEqualTo(without.kinds());
    }

    @Test
    void addNoServiceAccountByDefault() {
        Manifests manifests = Chart.render(Chart.valueSet("ephemeral"));

        assertThat(manifests.kinds()).doesNotContain("ServiceAccount");
        assertThat(manifests.pods().get(0).getServiceAccountName()).isEqualTo("default");
    }

    @Test
    void routeAnIngressToTheHttpPort() {
        Manifests manifests = Chart.render(Chart.valueSet("ingress"));
        Ingress ingress = manifests.only(Ingress.class);

        assertThat(ingress.getSpec().getRules())
                .hasSize(2)
                .allSatisfy(rule -> assertThat(rule.getHttp().getPaths())
                        .singleElement()
                        .satisfies(path -> {
                            assertThat(path.getBackend().getService().getName()).isEqualTo(serviceName(manifests));
                            assertThat(path.getBackend().getService().getPort().getName())
                                    .isEqualTo("http");
                        }));
    }

    @Test
    void routeTrafficToTheServicesPort() {
        Manifests manifests = Chart.render(Chart.valueSet("gateway"));
        HTTPRoute route = manifests.only(HTTPRoute.class);

        assertThat(route.getSpec().getRules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.getBackendRefs())
                        .singleElement()
                        .satisfies(backend -> {
                            assertThat(backend.getName()).isEqualTo(serviceName(manifests));
                            assertThat(backend.getPort()).isEqualTo(443);
                        }));
    }

    @Test
    void keepMetricsInsideTheClusterWhenTheServiceIsPublic() {
        Manifests manifests = Chart.render(Chart.valueSet("gateway"));

        assertThat(manifests.all(Service.class))
                .filteredOn(service -> service.getSpec().getPorts().stream()
                        .anyMatch(port -> port.getName().equals("management")))
                .singleElement()
                .satisfies(service -> assertThat(service.getSpec().getType()).isEqualTo("ClusterIP"));
    }

    @Test
    void probeInPlainHttpWhenTlsEndsInThePod() {
        Manifests manifests = Chart.render(Chart.valueSet("gateway"));

        assertThat(manifests.variable("SERVER_SSL_BUNDLE").getValue()).isEqualTo("server");
        // Only the main port has TLS.
        assertThat(manifests.variable("EVENKEEL_MANAGEMENT_PORT").getValue()).isEqualTo("8081");
        assertThat(manifests
                        .coordinator()
                        .getReadinessProbe()
                        .getHttpGet()
                        .getPort()
                        .getStrVal())
                .isEqualTo("management");
        assertThat(manifests.coordinator().getReadinessProbe().getHttpGet().getScheme())
                .isNull();
    }

    @Test
    void admitOnlyTheClusterToTheManagementPortByDefault() {
        NetworkPolicySpec policy =
                Chart.render(Map.of()).only(NetworkPolicy.class).getSpec();

        assertThat(policy.getPolicyTypes()).containsExactly("Ingress");
        assertThat(policy.getEgress()).isEmpty();
        assertThat(policy.getIngress())
                .extracting(
                        rule -> rule.getPorts().get(0).getPort().getStrVal(),
                        rule -> rule.getFrom().stream()
                                .map(peer -> peer.getNamespaceSelector())
                                .toList())
                .containsExactly(tuple("http", List.of()), tuple("management", List.of(new LabelSelector())));
        assertThat(Chart.render(Map.of("networkPolicy.enabled", false)).kinds()).doesNotContain("NetworkPolicy");
    }

    @Test
    void limitEgressToDnsAndTheDatabaseOnRequest() {
        NetworkPolicySpec policy = Chart.render(
                        Chart.valueSet("postgresql"), Map.of("networkPolicy.restrictEgress", true))
                .only(NetworkPolicy.class)
                .getSpec();

        assertThat(policy.getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(policy.getEgress().stream()
                        .flatMap(rule -> rule.getPorts().stream())
                        .map(port -> port.getPort().getIntVal()))
                .containsExactly(53, 53, 5432);
    }

    @ParameterizedTest
    @CsvSource({"'', 443", "https://minio.internal:9000, 9000", "http://minio.internal, 80"})
    void limitEgressToTheBucketToo(String endpoint, int port) {
        NetworkPolicySpec policy = Chart.render(Chart.valueSet("s3"), Map.of("storage.s3.endpoint", endpoint))
                .only(NetworkPolicy.class)
                .getSpec();

        assertThat(policy.getEgress().stream()
                        .flatMap(rule -> rule.getPorts().stream())
                        .map(allowed -> allowed.getPort().getIntVal()))
                .containsExactly(53, 53, port);
    }

    @Test
    void replaceVariablesOfTheChartByTheirNames() {
        Manifests manifests = Chart.render(Map.of("extraEnv[0].name", "SERVER_PORT", "extraEnv[0].value", "other"));

        assertThat(manifests.variable("SERVER_PORT").getValue()).isEqualTo("other");
        assertThat(manifests.variables()).doesNotHaveDuplicates();
    }

    @Test
    void takeDevicesAddressesFromTheConfiguredProxy() {
        for (String set : List.of("ingress", "gateway")) {
            assertThat(Chart.render(Chart.valueSet(set))
                            .variable("SERVER_FORWARD_HEADERS_STRATEGY")
                            .getValue())
                    .isEqualTo("native");
        }
        assertThat(Chart.render(Map.of()).variables())
                .as("anybody could invent addresses")
                .doesNotContain("SERVER_FORWARD_HEADERS_STRATEGY");
    }

    @Test
    void keepDevicesAddressesBehindALoadBalancer() {
        Service service = Chart.render(Map.of(
                        "service.type", "LoadBalancer",
                        "service.externalTrafficPolicy", "Local",
                        "service.loadBalancerSourceRanges[0]", "192.0.2.0/24"))
                .all(Service.class)
                .get(0);

        assertThat(service.getSpec().getExternalTrafficPolicy()).isEqualTo("Local");
        assertThat(service.getSpec().getLoadBalancerSourceRanges()).containsExactly("192.0.2.0/24");
    }

    @Test
    void leaveTheCpuUnlimitedOnRequest() {
        assertThat(Chart.render(Chart.valueSet("s3"))
                        .coordinator()
                        .getResources()
                        .getLimits())
                .containsOnlyKeys("memory");
        assertThat(Chart.render(Map.of()).coordinator().getResources().getLimits())
                .containsOnlyKeys("cpu", "memory");
    }

    @Test
    void letTheTestsPodThroughTheNetworkPolicy() {
        Manifests manifests = Chart.render(Chart.valueSet("monitoring"));
        NetworkPolicy policy = manifests.only(NetworkPolicy.class);
        Map<String, String> testsPod = manifests.only(Pod.class).getMetadata().getLabels();

        assertThat(policy.getSpec().getIngress().get(0).getFrom())
                .filteredOn(peer -> peer.getPodSelector() != null)
                .singleElement()
                .satisfies(peer -> assertThat(testsPod)
                        .containsAllEntriesOf(peer.getPodSelector().getMatchLabels()));
        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    }

    @Test
    void runATinyTrainingAsTheHelmTest() throws IOException {
        Pod test = Chart.render(Map.of("test.rounds", 7)).only(Pod.class);

        assertThat(test.getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(test.getSpec().getContainers().get(0).getCommand())
                .containsExactly("java", "-jar", "/opt/evenkeel/cli/evenkeel-cli.jar");
        assertThat(test.getSpec().getContainers().get(0).getArgs())
                .containsExactly("demo", "--coordinator=http://trial-evenkeel:8080", "--devices=3", "--rounds=7");
        assertThat(Files.readString(Chart.FOLDER.resolve("templates/tests/run.yaml")))
                .contains("helm.sh/hook: test\n", "helm.sh/hook-delete-policy: before-hook-creation\n");
    }

    private static String serviceName(Manifests manifests) {
        return manifests.all(Service.class).get(0).getMetadata().getName();
    }
}
