package io.evenkeel.repository;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests that each package is small enough for a quick overview; a package has one purpose. */
class PackageSizeTest {

    private static final long MAX_FILES = 30;

    /** Packages that are larger for a reason, with their limits. */
    private static final Map<String, Long> LARGER = Map.of(
            // The whole API of the SDK, in one package for its users.
            "client-sdk/java/src/main/java/io/evenkeel/client", 40L);

    @Test
    void packagesHaveAtMostThirtyFiles() throws IOException {
        Map<String, Long> sizes = RepositoryFiles.java().stream()
                .map(PackageSizeTest::folder)
                .filter(folder -> folder.contains("main/java/"))
                .collect(groupingBy(folder -> folder, counting()));
        assertThat(sizes).hasSizeGreaterThan(60);

        sizes.entrySet().removeIf(entry -> entry.getValue() <= LARGER.getOrDefault(entry.getKey(), MAX_FILES));
        assertThat(sizes).as("split them by purpose").isEmpty();
    }

    private static String folder(Path file) {
        return Objects.requireNonNull(file.getParent()).toString().replace('\\', '/');
    }
}
