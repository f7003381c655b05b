package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests rules that hold for all values. */
class WorkloadRulesTest {

    private static final Map<String, String> SELECTOR = Map.of(
            "app.kubernetes.io/name", "evenkeel",
            "app.kubernetes.io/instance", Chart.RELEASE,
            "app.kubernetes.io/component", "coordinator");

    static List<Path> valueSets() {
        return Chart.valueSets();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void runsFixedVersionsWithinRequestsAndLimits(Path valueSet) {
        assertThat(Chart.render(valueSet).containers()).hasSizeGreaterThan(1).allSatisfy(container -> {
            assertThat(container.getImage()).matches(".+(:[0-9][^:]*|@sha256:[0-9a-f]{64})");
            assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
            assertThat(container.getResources().getLimits()).containsKeys("memory");
        });
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void runsWithoutPrivileges(Path valueSet) {
        Manifests manifests = Chart.render(valueSet);

        assertThat(manifests.pods()).hasSizeBetween(2, 3).allSatisfy(pod -> {
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        });
        assertThat(manifests.containers())
                .extracting(Container::getSecurityContext)
                .allSatisfy(security -> {
                    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
                    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
                    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
                    assertThat(security.getCapabilities().getAdd()).isEmpty();
                });
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void probesPortsThatTheContainerHas(Path valueSet) {
        Container coordinator = Chart.render(valueSet).coordinator();

        assertThat(coordinator.getPorts())
                .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
                .containsExactly(tuple("http", 8080), tuple("management", 8081));
        assertThat(Stream.of(
                        coordinator.getStartupProbe(), coordinator.getLivenessProbe(), coordinator.getReadinessProbe()))
                .extracting(Probe::getHttpGet)
                .allSatisfy(get -> {
                    assertThat(get.getPort().getStrVal()).isEqualTo("management");
                    assertThat(get.getPath()).matches("/actuator/health/(liveness|readiness)");
                });
    }

    // Requests in flight and a closing round may take one shutdown phase each; everything else takes seconds.
    @ParameterizedTest
    @MethodSource("valueSets")
    void givesAPodTheTimeThatItsShutdownMayTake(Path valueSet) throws IOException {
        Manifests manifests = Chart.render(valueSet);
        PodSpec pod = manifests.only(Deployment.class).getSpec().getTemplate().getSpec();
        Lifecycle lifecycle = manifests.coordinator().getLifecycle();
        long sleep = lifecycle == null ? 0 : lifecycle.getPreStop().getSleep().getSeconds();

        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(sleep + 2 * phase() + 10);
    }

    private static long phase() throws IOException {
        return Long.parseLong(new YAMLMapper()
                .readTree(Chart.REPOSITORY
                        .resolve("src/main/resources/application.yml")
                        .toFile())
                .at("/spring/lifecycle/timeout-per-shutdown-phase")
                .asText()
                .replace("s", ""));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void mountsOnlyVolumesOfThePodAndDeclaresNoUnusedOnes(Path valueSet) {
        for (PodSpec pod : Chart.render(valueSet).pods()) {
            assertThat(pod.getContainers().stream()
                            .flatMap(container -> container.getVolumeMounts().stream())
                            .map(VolumeMount::getName))
                    .containsExactlyInAnyOrderElementsOf(
                            pod.getVolumes().stream().map(Volume::getName).toList());
        }
    }

    // A Deployment's selector is immutable: a different one would make every upgrade from an older chart fail.
    @ParameterizedTest
    @MethodSource("valueSets")
    void selectsByLabelsThatNeverChange(Path valueSet) {
        Manifests manifests = Chart.render(valueSet, Map.of("nameOverride", "", "image.tag", "9.9.9"));
        Deployment deployment = manifests.only(Deployment.class);

        assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(SELECTOR);
        assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels()).containsAllEntriesOf(SELECTOR);
        assertThat(selectors(manifests))
                .isNotEmpty()
                .allSatisfy(selector -> assertThat(selector).isEqualTo(SELECTOR));
        assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                .allSatisfy(spread ->
                        assertThat(spread.getLabelSelector().getMatchLabels()).isEqualTo(SELECTOR));
        assertThat(manifests.only(Pod.class).getMetadata().getLabels())
                .as("the test's pod gets no requests")
                .containsEntry("app.kubernetes.io/component", "test");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void sendsTrafficToPortsThatExist(Path valueSet) {
        Manifests manifests = Chart.render(valueSet);

        assertThat(manifests.all(Service.class))
                .flatExtracting(service -> service.getSpec().getPorts())
                .extracting(ServicePort::getName, port -> port.getTargetPort().getStrVal())
                .containsExactly(tuple("http", "http"), tuple("management", "management"));
        assertThat(manifests.all(ServiceMonitor.class))
                .flatExtracting(monitor -> monitor.getSpec().getEndpoints())
                .allSatisfy(endpoint -> {
                    assertThat(endpoint.getPort()).isEqualTo("management");
                    assertThat(endpoint.getPath()).isEqualTo("/actuator/prometheus");
                    assertThat(endpoint.getAuthorization().getCredentials())
                            .as("a viewer may read metrics, and change nothing")
                            .isEqualTo(new SecretKeySelector("viewer-token", "trial-evenkeel-viewer", null));
                });
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void labelsEverythingAndNamesNothingTwice(Path valueSet) {
        List<HasMetadata> objects = Chart.render(valueSet).objects();

        assertThat(objects)
                .allSatisfy(object -> assertThat(object.getMetadata().getLabels())
                        .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/instance", "helm.sh/chart"));
        assertThat(objects)
                .extracting(
                        object -> object.getKind() + "/" + object.getMetadata().getName())
                .doesNotHaveDuplicates();
    }

    private static List<Map<String, String>> selectors(Manifests manifests) {
        return Stream.of(
                        manifests.all(Service.class).stream()
                                .map(service -> service.getSpec().getSelector()),
                        manifests.all(NetworkPolicy.class).stream()
                                .map(policy -> policy.getSpec().getPodSelector().getMatchLabels()),
                        manifests.all(PodDisruptionBudget.class).stream()
                                .map(budget -> budget.getSpec().getSelector().getMatchLabels()),
                        manifests.all(ServiceMonitor.class).stream()
                                .map(monitor -> monitor.getSpec().getSelector().getMatchLabels()))
                .flatMap(stream -> stream)
                .toList();
    }
}
