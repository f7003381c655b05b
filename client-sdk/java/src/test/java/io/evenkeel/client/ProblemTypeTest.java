package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ProblemTypeTest {

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "OTHER")
    void everyTypeIsDocumented(ProblemType type) throws IOException {
        assertThat(Files.readString(Path.of("../../docs/errors.md"))).contains("`" + type.slug() + "`");
        Problem problem = new Problem("urn:evenkeel:problem:" + type.slug(), "title", 400, "", "");
        assertThat(problem.type()).isEqualTo(type);
    }

    @Test
    void anUnknownTypeIsOther() {
        assertThat(ProblemType.of("urn:evenkeel:problem:other")).isEqualTo(ProblemType.OTHER);
        assertThat(ProblemType.of("about:blank")).isEqualTo(ProblemType.OTHER);
    }
}
