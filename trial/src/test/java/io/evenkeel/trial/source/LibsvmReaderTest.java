package io.evenkeel.trial.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.sparse.Labelled;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibsvmReaderTest {

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data.libsvm"), text);
    }

    @Test
    void keepsOnlyTheListedValues() throws IOException {
        Labelled data = LibsvmReader.read(file("+1 1:0.5 4:-2e3 # a comment\n\n-1 \n0.25 2:1\n"), 0);
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.features().columns()).isEqualTo(4);
        assertThat(data.features().entries()).isEqualTo(3);
        assertThat(data.features().at(0, 0)).isEqualTo(0.5);
        assertThat(data.features().at(0, 3)).isEqualTo(-2000);
        assertThat(data.features().at(0, 1)).isZero();
        assertThat(data.label(1)).isEqualTo(-1);
        assertThat(data.label(2)).isEqualTo(0.25);
    }

    @Test
    void keepsNumbersThatFloat32CannotRepresent() throws IOException {
        Labelled data = LibsvmReader.read(file("1 1:1 2:0.18257\n0 3:1\n"), 0);
        assertThat(data.features().at(0, 1)).isEqualTo(0.18257);
        assertThat(data.features().at(0, 0)).isEqualTo(1);
        assertThat(data.features().at(1, 2)).isEqualTo(1);
    }

    @Test
    void readsGzippedFilesRegardlessOfTheirNames() throws IOException {
        Path file = folder.resolve("data.bin");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("1 7:3\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(LibsvmReader.read(file, 0).features().at(0, 6)).isEqualTo(3);
    }

    @Test
    void widensToTheRequestedFeatures() throws IOException {
        assertThat(LibsvmReader.read(file("1 2:1\n"), 9).features().columns()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 1:2\\nx 1:2 | data.libsvm:2: the label is 'x': expected a finite number",
                "1 1:2 2 | data.libsvm:1: '2' is not an entry: expected index:value",
                "1 0:2 | data.libsvm:1: index 0 after 0: indices ascend, starting from 1",
                "1 3:2 3:1 | data.libsvm:1: index 3 after 3",
                "1 a:2 | data.libsvm:1: 'a' is not an index",
                "1 1:NaN | data.libsvm:1: the value of index 1 is 'NaN'",
                "1 1:1e999 | data.libsvm:1: the value of index 1 is '1e999'",
                "1 6:1 | data.libsvm:1: index 6 exceeds the number of features, 5",
                "# nothing | data.libsvm: contains no samples"
            })
    void namesTheWrongLineAndColumn(String text, String message) throws IOException {
        Path file = file(text.replace("\\n", "\n"));
        assertThatThrownBy(() -> LibsvmReader.read(file, 5))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesAMissingFile() {
        assertThatThrownBy(() -> LibsvmReader.read(folder.resolve("absent"), 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("absent: cannot be read: there is no such file");
        assertThatThrownBy(() -> LibsvmReader.read(folder, 0)).hasMessageContaining("is a folder");
    }
}
