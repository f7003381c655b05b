package io.evenkeel.trial.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.sparse.Labelled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvReaderTest {

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }

    @Test
    void findsColumnsByTheirNames() throws IOException {
        Path file = file("age,\"ward, floor\",sick,dose\n50,west,yes,0.5\n60,east,no,1\n70,west,no,0\n");
        Labelled data = CsvReader.read(file, "sick", "ward, floor");
        assertThat(data.features().columns()).isEqualTo(2);
        assertThat(data.features().at(0, 0)).isEqualTo(50);
        assertThat(data.features().at(0, 1)).isEqualTo(0.5);
        assertThat(data.label(0)).isEqualTo(1);
        assertThat(data.label(1)).isZero();
        assertThat(data.groups()).containsExactly(1, 0, 1);
    }

    @Test
    void takesTheLastColumnForTheLabelAndNumbersAsTheyAre() throws IOException {
        Labelled data = CsvReader.read(file("1,2,-1\n3,4,10\n"), null, null);
        assertThat(data.features().columns()).isEqualTo(2);
        assertThat(data.distinctLabels()).containsExactly(-1, 10);
    }

    @Test
    void tellsWhereALineIsWrong() throws IOException {
        assertRefused("1,2\n1,2,3\n", null, null, "data.csv:2: 3 cells, expected 2");
        assertRefused("1,2\nlow,2\n", null, null, "data.csv:2: column 1 is 'low'");
        assertRefused("1,2\n1,\n", null, null, "data.csv:2: column 2 is empty");
        assertRefused("1,\"2\n", null, null, "data.csv:1: a quote is opened and not closed");
        assertRefused("a,b\n1,2\n", "c", null, "no label column 'c': expected a number from 1 to 2 or one of a, b");
        assertRefused("a,b\n1,2\n", "3", null, "no label column '3'");
        assertRefused("a,b\n1,2\n", "a", "a", "'a' is both label and split");
        assertRefused("a,b\n", null, null, "holds no samples");
    }

    private void assertRefused(String text, @Nullable String label, @Nullable String split, String message)
            throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> CsvReader.read(file, label, split))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }
}
