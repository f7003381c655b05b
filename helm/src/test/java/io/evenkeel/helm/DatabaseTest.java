package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {

    @Test
    void keepsH2OnAClaimThatOutlivesTheRelease() {
        Manifests manifests = Chart.render(Map.of());
        PersistentVolumeClaim claim = manifests.only(PersistentVolumeClaim.class);

        assertThat(claim.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
        assertThat(claim.getSpec().getStorageClassName())
                .as("the cluster's default")
                .isNull();
        assertThat(dataVolume(manifests).getPersistentVolumeClaim().getClaimName())
                .isEqualTo(claim.getMetadata().getName());
        assertThat(manifests.coordinator().getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .contains("/var/lib/evenkeel/data");
    }

    @Test
    void stopsTheOldPodBeforeTheNewOneOpensTheFile() {
        Deployment deployment = Chart.render(Map.of()).only(Deployment.class);

        assertThat(deployment.getSpec().getReplicas()).isEqualTo(1);
        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("Recreate");
        assertThat(deployment.getSpec().getStrategy().getRollingUpdate()).isNull();
    }

    @Test
    void stopsTheOldPodFirstIfThereIsOnlyOne() {
        Deployment deployment = Chart.render(Chart.valueSet("postgresql"), Map.of("replicaCount", 1))
                .only(Deployment.class);

        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("Recreate");
    }

    @Test
    void rollsSeveralReplicasWithoutAGap() {
        Deployment deployment = Chart.render(Chart.valueSet("postgresql")).only(Deployment.class);

        assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("RollingUpdate");
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
    }

    @Test
    void needsNoVolumeOnPostgresql() {
        Manifests manifests = Chart.render(Chart.valueSet("postgresql"));

        assertThat(manifests.all(PersistentVolumeClaim.class)).isEmpty();
        assertThat(manifests.pods().get(0).getVolumes())
                .extracting(Volume::getName)
                .containsExactly("tmp");
        assertThat(manifests.variable("SPRING_DATASOURCE_URL").getValue())
                .isEqualTo("jdbc:postgresql://postgres.databases:5432/evenkeel?sslmode=verify-full");
    }

    @Test
    void leavesTheH2UrlToTheCoordinator() {
        assertThat(Chart.render(Map.of()).variables()).doesNotContain("SPRING_DATASOURCE_URL");
    }

    @Test
    void leavesTheNumberOfReplicasToTheAutoscaler() {
        Deployment deployment = Chart.render(Chart.valueSet("autoscaling")).only(Deployment.class);

        assertThat(deployment.getSpec().getReplicas()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "3, 3", "9, 4", "0, 2"})
    void keepsReplicasWhenTheAutoscalerIsEnabledAndStartsStoppedOnes(int before, int after) {
        StubCluster.instance().putDeployment("trial-evenkeel", before);
        try {
            assertThat(Chart.render(Chart.valueSet("autoscaling"))
                            .only(Deployment.class)
                            .getSpec()
                            .getReplicas())
                    .isEqualTo(after);
        } finally {
            StubCluster.instance().clear();
        }
    }

    @Test
    void takesTheDatabasesHostFromASecret() {
        Manifests manifests = Chart.render(
                Chart.valueSet("postgresql"),
                Map.of("database.postgresql.host", "", "database.postgresql.hostKey", "host"));

        assertThat(manifests.variable("SPRING_DATASOURCE_URL").getValue())
                .isEqualTo("jdbc:postgresql://$(DATABASE_HOST):5432/evenkeel?sslmode=verify-full");
        assertThat(manifests.variables().indexOf("DATABASE_HOST"))
                .as("Kubernetes only expands variables that are defined earlier")
                .isNotNegative()
                .isLessThan(manifests.variables().indexOf("SPRING_DATASOURCE_URL"));
    }

    @Test
    void givesEachOfSeveralDatabaseHostsThePort() {
        assertThat(Chart.render(Chart.valueSet("postgresql"), Map.of("database.postgresql.host", "db1,db2"))
                        .variable("SPRING_DATASOURCE_URL")
                        .getValue())
                .isEqualTo("jdbc:postgresql://db1:5432,db2:5432/evenkeel?sslmode=verify-full");
    }

    @Test
    void scalesTheDeploymentByItsContainersRequests() {
        Manifests manifests = Chart.render(Chart.valueSet("autoscaling"));
        HorizontalPodAutoscalerSpec autoscaler =
                manifests.only(HorizontalPodAutoscaler.class).getSpec();

        assertThat(autoscaler.getScaleTargetRef().getKind()).isEqualTo("Deployment");
        assertThat(autoscaler.getScaleTargetRef().getName())
                .isEqualTo(manifests.only(Deployment.class).getMetadata().getName());
        assertThat(List.of(autoscaler.getMinReplicas(), autoscaler.getMaxReplicas()))
                .containsExactly(2, 4);
        assertThat(autoscaler.getMetrics())
                .singleElement()
                .satisfies(metric -> assertThat(
                                manifests.coordinator().getResources().getRequests())
                        .as("a utilization is a share of the request")
                        .containsKey(metric.getResource().getName()));
    }

    @Test
    void spreadsReplicasAsConfigured() {
        assertThat(Chart.render(Chart.valueSet("postgresql")).pods().get(0).getTopologySpreadConstraints())
                .extracting(TopologySpreadConstraint::getTopologyKey, TopologySpreadConstraint::getWhenUnsatisfiable)
                .containsExactly(
                        tuple("topology.kubernetes.io/zone", "ScheduleAnyway"),
                        tuple("kubernetes.io/hostname", "DoNotSchedule"));
    }

    @Test
    void spreadsReplicasOverNodesAndLimitsTheirDisruptionByDefault() {
        Manifests several = Chart.render(Chart.valueSet("autoscaling"));

        assertThat(several.pods().get(0).getTopologySpreadConstraints())
                .extracting(TopologySpreadConstraint::getTopologyKey, TopologySpreadConstraint::getWhenUnsatisfiable)
                .containsExactly(tuple("kubernetes.io/hostname", "ScheduleAnyway"));
        assertThat(several.kinds()).contains("PodDisruptionBudget");
        assertThat(several.only(HorizontalPodAutoscaler.class)
                        .getSpec()
                        .getBehavior()
                        .getScaleDown()
                        .getPolicies())
                .singleElement()
                .satisfies(policy -> assertThat(policy.getValue()).isEqualTo(1));
        assertThat(Chart.render(Map.of()).pods().get(0).getTopologySpreadConstraints())
                .isEmpty();
    }

    @Test
    void usesAnExistingClaim() {
        Manifests manifests = Chart.render(Chart.valueSet("gateway"));

        assertThat(manifests.all(PersistentVolumeClaim.class)).isEmpty();
        assertThat(dataVolume(manifests).getPersistentVolumeClaim().getClaimName())
                .isEqualTo("my-claim");
    }

    @Test
    void usesEphemeralStorageOnRequest() {
        Manifests manifests = Chart.render(Chart.valueSet("ephemeral"));

        assertThat(manifests.all(PersistentVolumeClaim.class)).isEmpty();
        assertThat(dataVolume(manifests).getEmptyDir()).isNotNull();
    }

    private static Volume dataVolume(Manifests manifests) {
        return manifests.pods().get(0).getVolumes().stream()
                .filter(volume -> volume.getName().equals("data"))
                .findFirst()
                .orElseThrow();
    }
}
