package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that docs/operations.md names the objects that the chart creates. */
class OperationsGuideTest {

    private static final Pattern YAML = Pattern.compile("^```yaml\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void showsAValidPodThatMountsTheChartsClaim() throws IOException {
        String guide = guide();
        List<HasMetadata> objects = YAML.matcher(guide)
                .results()
                .flatMap(match -> ManifestParser.parse(match.group(1)).stream())
                .toList();

        assertThat(objects).singleElement().isInstanceOfSatisfying(Pod.class, pod -> {
            Volume volume = pod.getSpec().getVolumes().get(0);
            // The names are those of a release named evenkeel.
            assertThat(volume.getPersistentVolumeClaim().getClaimName()).isEqualTo("evenkeel-data");
            assertThat(guide).contains("kubectl exec " + pod.getMetadata().getName() + " -- tar");
        });
    }

    private static String guide() throws IOException {
        return Files.readString(Chart.REPOSITORY.resolve("docs/operations.md"));
    }
}
