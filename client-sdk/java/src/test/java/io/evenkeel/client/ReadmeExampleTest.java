package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {

    @Test
    void showsTheExampleAsItCompiles() throws IOException {
        String source = Files.readString(Path.of("../example/src/main/java/io/evenkeel/example/ExampleDevice.java"));
        assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + source + "```\n");
    }
}
