package io.evenkeel.trial.table;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.source.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileTableTest {

    @TempDir
    private Path folder;

    private void assertRefused(String text, String message) throws IOException {
        assertRefused(text, null, null, Map.of(), message);
    }

    private void assertRefused(
            String text, @Nullable String label, @Nullable String client, Map<String, String> roles, String message)
            throws IOException {
        Path file = Files.writeString(folder.resolve("data.csv"), text);
        assertThatThrownBy(() ->
                        Table.open(file, new TableChoices(label, client, roles)).samples())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("data.csv")
                .hasMessageContaining(message);
    }

    @Test
    void namesTheLineOfARaggedRow() throws IOException {
        assertRefused("a,b,y\n1,2,0\n1,2\n", "data.csv:3: 2 cells, expected 3");
        assertRefused("a,b,y\n\"1\n\",2,0\n1,2,0,9\n", "data.csv:4: 4 cells, expected 3");
    }

    @Test
    void namesTheLineOfAnUnbalancedQuote() throws IOException {
        assertRefused("a,b,y\n1,2,0\n1,\"2,0\n3,4,1\n", "data.csv:3: a quote is opened and not closed");
        assertRefused("a,b,y\n1,2,0\n1,\"2\"x,0\n", "data.csv:3: a quote");
    }

    @Test
    void refusesFilesWithoutSamples() throws IOException {
        assertRefused("", "contains no samples");
        assertRefused("\n\n", "contains no samples");
        assertRefused("a,b,y\n", "contains no samples below its header");
        assertRefused("just one column\n1\n2\n", "expected a label and features");
    }

    @Test
    void refusesFilesWithoutLabels() throws IOException {
        assertRefused("a,y\n1,\n2,?\n3,NA\n", "the label column 'y' is missing in 3 of 3 rows");
        String rows =
                IntStream.range(0, 1100).mapToObj(i -> i % 7 + ",text " + i).collect(Collectors.joining("\n"));
        assertRefused("a,y\n" + rows, "over 1000 different texts, such as 'text 0'");
    }

    @Test
    void refusesFilesWithoutFeatures() throws IOException {
        assertRefused("a,b,y\n7,,0\n7,,1\n", "no column is left as a feature: 'a' is dropped: all values are the same");
    }

    @Test
    void namesTheNonNumericCellAmongNumbers() throws IOException {
        String rows = IntStream.range(0, 3000)
                .mapToObj(i -> (i == 1500 ? "unknown" : i + ".5") + "," + i % 2)
                .collect(Collectors.joining("\n"));
        assertRefused("a,y\n" + rows, "data.csv:1502: column 'a' is 'unknown', but 2999 of its values are numbers");
        assertRefused("a,b,y\n1,x,0\n2,u,1\n", null, null, Map.of("b", "number"), "data.csv:2: column 'b' is 'x'");
    }

    @Test
    void limitsTheCategoriesOfAColumn() throws IOException {
        String rows = IntStream.range(0, 100_000)
                .mapToObj(i -> i % 5 + ",user" + i + "," + i % 2)
                .collect(Collectors.joining("\n"));
        assertRefused(
                "a,who,y\n" + rows, null, null, Map.of("who", "category"), "'who' has over 10000 different values");
        assertRefused(
                "a,who,y\n" + rows,
                null,
                "who",
                Map.of(),
                "'who' has over 10000 different values, and each is a client");
    }

    @Test
    void refusesMissingColumnsAndColumnsNamedTwice() throws IOException {
        String text = "a,b,y\n1,2,0\n3,4,1\n";
        assertRefused(
                text, "c", null, Map.of(), "no label column 'c': expected a number from 1 to 3 or one of a, b, y");
        assertRefused(text, "4", null, Map.of(), "no label column '4'");
        assertRefused(text, null, null, Map.of("q", "drop"), "no drop column 'q'");
        assertRefused(text, "a", "a", Map.of(), "'a' is both label and split");
        assertRefused(text, "a", null, Map.of("a", "drop"), "'a' is the label and cannot be 'drop' too");
        assertRefused("a,who,y\n1,u,0\n2,,1\n", null, "who", Map.of(), "data.csv:3: column 'who' is ''");
    }

    @Test
    void refusesATestSetThatDoesNotBelongToTheTrainingSet() throws IOException {
        Path train = Files.writeString(folder.resolve("train.csv"), "a,b,y\n1,2,no\n3,4,yes\n");
        Table.Samples samples =
                Table.open(train, new TableChoices(null, null, Map.of())).samples();
        Path fewer = Files.writeString(folder.resolve("fewer.csv"), "a,y\n1,no\n2,yes\n");
        assertThatThrownBy(() -> samples.test(fewer)).hasMessageContaining("fewer.csv: has no column 'b'");
        Path other = Files.writeString(folder.resolve("other.csv"), "a,b,y\n1,2,maybe\n");
        assertThatThrownBy(() -> samples.test(other))
                .hasMessageContaining("other.csv:2: the label 'y' is 'maybe', which no training sample has");
        Path text = Files.writeString(folder.resolve("text.csv"), "a,b,y\n1,2,no\n1,x,no\n");
        assertThatThrownBy(() -> samples.test(text)).hasMessageContaining("text.csv:3: column 'b' is 'x'");
    }

    @Test
    void readsZeroBytesAndControlCharactersAsText() throws IOException {
        Path file = Files.writeString(folder.resolve("data.csv"), "a,b,y\n\u0000x,1,0\n\u0007,2,1\n\u0000x,3,1\n");
        Table.open(file, new TableChoices(null, null, Map.of())).samples();
    }
}
