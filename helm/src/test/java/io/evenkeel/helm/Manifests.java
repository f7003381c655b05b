package io.evenkeel.helm;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rendered manifests of the chart, including the test hooks.
 *
 * @param templates the templates with output, relative to the chart's folder
 */
record Manifests(List<HasMetadata> objects, Set<String> templates) {

    private static final Pattern SOURCE = Pattern.compile("^# Source: evenkeel/(.*)$", Pattern.MULTILINE);

    static Manifests of(String rendered) {
        Set<String> templates =
                SOURCE.matcher(rendered).results().map(match -> match.group(1)).collect(Collectors.toUnmodifiableSet());
        return new Manifests(ManifestParser.parse(rendered), templates);
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T only(Class<T> type) {
        List<T> found = all(type);
        if (found.size() != 1) {
            throw new AssertionError("expected one " + type.getSimpleName() + ", not " + found.size());
        }
        return found.get(0);
    }

    List<String> kinds() {
        return objects.stream().map(HasMetadata::getKind).distinct().sorted().toList();
    }

    /** The pod templates of the deployment and the test hooks. */
    List<PodSpec> pods() {
        return Stream.of(
                        all(Deployment.class).stream()
                                .map(deployment ->
                                        deployment.getSpec().getTemplate().getSpec()),
                        all(Pod.class).stream().map(Pod::getSpec),
                        all(CronJob.class).stream()
                                .map(job -> job.getSpec()
                                        .getJobTemplate()
                                        .getSpec()
                                        .getTemplate()
                                        .getSpec()))
                .flatMap(specs -> specs)
                .toList();
    }

    List<Container> containers() {
        return pods().stream()
                .flatMap(pod -> Stream.concat(pod.getContainers().stream(), pod.getInitContainers().stream()))
                .toList();
    }

    Container coordinator() {
        return only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
    }

    /** Names of the coordinator's environment variables. */
    List<String> variables() {
        return coordinator().getEnv().stream().map(EnvVar::getName).toList();
    }

    EnvVar variable(String name) {
        return coordinator().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + name + " among " + variables()));
    }
}
