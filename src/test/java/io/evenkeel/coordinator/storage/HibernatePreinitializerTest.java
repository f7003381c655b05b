package io.evenkeel.coordinator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class HibernatePreinitializerTest {

    /** Spring Boot would not tell if it failed, and whoever starts a coordinator must not be told of what is done for nothing. */
    @Test
    void buildsItsSessionFactoryAndSaysNothing(CapturedOutput output) {
        assertThatCode(new HibernatePreinitializer()::preinitialize).doesNotThrowAnyException();

        assertThat(output.getAll().lines()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
    }
}
