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

class Cifar10ReaderTest {

    private static final int RECORD = 3073;

    @TempDir
    private Path folder;

    /** Writes images with all pixels equal to ten times the class. */
    private void write(String name, int length, int... classes) throws IOException {
        byte[] bytes = new byte[classes.length * RECORD];
        for (int i = 0; i < classes.length; i++) {
            Arrays.fill(bytes, i * RECORD, (i + 1) * RECORD, (byte) (classes[i] * 10));
            bytes[i * RECORD] = (byte) classes[i];
        }
        Files.write(folder.resolve(name), Arrays.copyOf(bytes, length < 0 ? bytes.length : length));
    }

    @Test
    void readsTheFiveTrainingFilesInOrder() throws IOException {
        for (int batch = 1; batch <= 5; batch++) {
            write("data_batch_" + batch + ".bin", -1, batch, 0);
        }
        Labelled train = Cifar10Reader.train(folder);
        assertThat(train.size()).isEqualTo(10);
        assertThat(train.features().columns()).isEqualTo(3072);
        assertThat(train.label(4)).isEqualTo(3);
        assertThat(train.features().at(4, 3071)).isEqualTo((float) (30 / 255.0));
        assertThat(train.features().at(5, 7)).isZero();
    }

    @Test
    void namesTheMissingFile() {
        assertThatThrownBy(() -> Cifar10Reader.test(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("test_batch.bin: cannot be read: there is no such file");
    }

    @Test
    void namesThePositionOfAPrematureEnd() throws IOException {
        write("test_batch.bin", RECORD + 100, 1, 2);
        assertThatThrownBy(() -> Cifar10Reader.test(folder))
                .hasMessageContaining("ends in image 2 after 100 of 3073 bytes");
        write("test_batch.bin", 0, 1);
        assertThatThrownBy(() -> Cifar10Reader.test(folder)).hasMessageContaining("ends in image 1 after 0 of");
    }

    @Test
    void refusesAFileOfAnotherKind() throws IOException {
        write("test_batch.bin", -1, 1, 12);
        assertThatThrownBy(() -> Cifar10Reader.test(folder))
                .hasMessageContaining("image 2 has class 12, expected 0 to 9");
    }
}
