package io.evenkeel.trial.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.sparse.Labelled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {

    private static final byte[] IMAGES = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, (byte) 255, 51, 1, 0, 0};
    private static final byte[] LABELS = {0, 0, 8, 1, 0, 0, 0, 2, 7, 0};

    @TempDir
    private Path folder;

    private Labelled read(byte[] images, byte[] labels) throws IOException {
        return IdxReader.read(
                Files.write(folder.resolve("images"), images), Files.write(folder.resolve("labels"), labels));
    }

    @Test
    void scalesPixelsAndKeepsLabels() throws IOException {
        Labelled data = read(IMAGES, LABELS);
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.features().columns()).isEqualTo(3);
        assertThat(data.features().entries()).isEqualTo(3);
        assertThat(data.features().at(0, 1)).isEqualTo(1);
        assertThat(data.features().at(0, 2)).isEqualTo((float) 0.2);
        assertThat(data.label(0)).isEqualTo(7);
    }

    @Test
    void explainsAnInvalidFile() throws IOException {
        assertThatThrownBy(() -> read(LABELS, LABELS)).hasMessageContaining("starts with 00000801, expected 00000803");
        assertThatThrownBy(() -> read(Arrays.copyOf(IMAGES, 20), LABELS))
                .hasMessageContaining("images: ends at byte 20 in image 2 of 2");
        assertThatThrownBy(() -> read(Arrays.copyOf(IMAGES, 7), LABELS)).hasMessageContaining("within its header");
        assertThatThrownBy(() -> read(IMAGES, Arrays.copyOf(LABELS, 9)))
                .hasMessageContaining("labels: announces 2 labels, but contains 1");
        byte[] one = {0, 0, 8, 1, 0, 0, 0, 1, 7};
        assertThatThrownBy(() -> read(IMAGES, one)).hasMessageContaining("announces 2 images");
    }
}
