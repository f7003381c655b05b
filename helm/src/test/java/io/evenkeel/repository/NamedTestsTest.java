package io.evenkeel.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the test that the guides name for each claim exists. */
class NamedTestsTest {

    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:\\.(\\w+))?`");
    private static final Map<String, String> TESTS = tests();

    @ParameterizedTest
    @ValueSource(strings = {"security.md", "operations.md", "storage.md"})
    void exist(String guide) throws IOException {
        assertThat(NAMED.matcher(Files.readString(
                                RepositoryFiles.ROOT.resolve("docs").resolve(guide)))
                        .results())
                .isNotEmpty()
                .allSatisfy(named -> {
                    assertThat(TESTS.keySet()).as(named.group()).contains(named.group(1));
                    if (named.group(2) != null) {
                        assertThat(TESTS.get(named.group(1))).as(named.group()).contains(" " + named.group(2) + "(");
                    }
                });
    }

    @Test
    void areFoundInEveryModule() {
        assertThat(TESTS).containsKeys("NamedTestsTest", "FuzzTest", "ChaosIT", "CrashTest");
    }

    /** The tests' sources by class name. */
    private static Map<String, String> tests() {
        Map<String, String> tests = new HashMap<>();
        try {
            for (Path file : RepositoryFiles.java()) {
                if (file.toString().matches(".*/test/.*(Test|IT)\\.java")) {
                    String name = file.getFileName().toString().replace(".java", "");
                    tests.put(name, Files.readString(RepositoryFiles.ROOT.resolve(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tests;
    }
}
