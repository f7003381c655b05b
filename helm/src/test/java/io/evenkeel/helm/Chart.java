package io.evenkeel.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chart in helm/evenkeel, rendered by Helm for a release {@code trial} in the namespace {@code fleet}.
 *
 * <p>Helm omits hooks from its output, so this class renders a copy of the chart without the hook
 * annotations.
 */
final class Chart {

    static final String RELEASE = "trial";
    static final String NAMESPACE = "fleet";

    /** The chart's folder; tests run in the module's folder. */
    static final Path FOLDER = Path.of("evenkeel").toAbsolutePath();

    /** The copy of the chart without the hook annotations. */
    private static final Path RENDERED = withoutHooks();

    static final Path REPOSITORY = FOLDER.resolve("../..").normalize();

    private Chart() {}

    /** The values files in ci, by file name. */
    static List<Path> valueSets() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path valueSet(String name) {
        return FOLDER.resolve("ci").resolve(name + "-values.yaml");
    }

    /** Renders with single values by path, such as {@code image.tag}. */
    static Manifests render(Map<String, ?> values) {
        TemplateCommand command = command();
        values.forEach(command::set);
        return manifests(command);
    }

    /** Renders with a file of values, overridden by single ones. */
    static Manifests render(Path valuesFile, Map<String, ?> values) {
        TemplateCommand command = command().withValuesFile(valuesFile);
        values.forEach(command::set);
        return manifests(command);
    }

    static Manifests render(Path valuesFile) {
        return render(valuesFile, Map.of());
    }

    private static Manifests manifests(TemplateCommand command) {
        return Manifests.of(command.call());
    }

    private static TemplateCommand command() {
        StubCluster.instance();
        return new Helm(RENDERED)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.30.0");
    }

    /** Copies the chart with all its files. */
    static void copyTo(Path folder) {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(FOLDER.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path withoutHooks() {
        try {
            Path copy = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "chart")
                    .resolve("evenkeel");
            copyTo(copy);
            try (Stream<Path> hooks = Files.list(copy.resolve("templates/tests"))) {
                for (Path hook : hooks.toList()) {
                    Files.writeString(hook, Files.readString(hook).replaceAll("(?m)^ +helm\\.sh/hook.*$", ""));
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
