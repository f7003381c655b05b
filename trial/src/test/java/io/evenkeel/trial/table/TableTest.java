package io.evenkeel.trial.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.evenkeel.trial.sparse.Labelled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }

    private Table open(String text) throws IOException {
        return open(text, null, Map.of());
    }

    private Table open(String text, @Nullable String label, Map<String, String> roles) throws IOException {
        return Table.open(file(text), new TableChoices(label, null, roles));
    }

    private static double[] row(Labelled data, int row) {
        return IntStream.range(0, data.features().columns())
                .mapToDouble(column -> data.features().at(row, column))
                .toArray();
    }

    @Test
    void convertsNumbersAndCategoriesToFeatures() throws IOException {
        Table table = open("age,colour,y\n30,red,no\n40,blue,yes\n50,red,yes\n");
        Table.Samples samples = table.samples();
        assertThat(samples.featureNames()).containsExactly("age", "colour=blue", "colour=red");
        assertThat(row(samples.data(), 0)).containsExactly(30, 0, 1);
        assertThat(row(samples.data(), 1)).containsExactly(40, 1, 0);
        assertThat(samples.data().label(0)).isEqualTo(0);
        assertThat(samples.data().label(1)).isEqualTo(1);
        assertThat(table.label()).isEqualTo("y");
        assertThat(table.roles()).containsExactly(entry("age", "number"), entry("colour", "category"));
    }

    @Test
    void fillsInTheMedianOfNumbersAndACategoryOfMissingTexts() throws IOException {
        Table.Samples samples =
                open("a,b,y\n1,x,0\n,?,1\n3,N/A,0\n100,x,1\nnull,z,1\n").samples();
        assertThat(samples.featureNames()).containsExactly("a", "b=x", "b=z", "b missing");
        assertThat(row(samples.data(), 1)).containsExactly(3, 0, 0, 1);
        assertThat(row(samples.data(), 2)).containsExactly(3, 0, 0, 1);
        assertThat(row(samples.data(), 4)).containsExactly(3, 0, 1, 0);
    }

    @Test
    void findsSemicolonsTabsAndBarsAndDecimalCommas() throws IOException {
        assertThat(row(open("a;b;y\n1,5;2;0\n2,5;3;1\n").samples().data(), 0)).containsExactly(1.5, 2);
        assertThat(row(open("a\tb\ty\n1.5\t\"2\"\t0\n2.5\t3\t1\n").samples().data(), 0))
                .containsExactly(1.5, 2);
        assertThat(row(open("a|b|y\n1|2|0\n2|3|1\n").samples().data(), 1)).containsExactly(2, 3);
    }

    @Test
    void readsAByteOrderMarkQuotesAndLineBreaksWithinThem() throws IOException {
        Table table = open("\uFEFF\"na,me\",b,y\r\n\"a \"\"x\"\"\nb\",1,0\r\n \"c\" ,2,1\r\n\"c\",2,1\r\n");
        assertThat(table.samples().featureNames()).containsExactly("na,me=a \"x\"\nb", "na,me=c", "b");
        assertThat(table.summary()).anyMatch(line -> line.contains("na,me"));
    }

    @Test
    void distinguishesAHeaderFromAFirstRow() throws IOException {
        assertThat(open("1,2,a\n3,4,b\n").samples().data().size()).isEqualTo(2);
        assertThat(open("39, Private, yes\n40, State, no\n41, State, no\n")
                        .samples()
                        .data()
                        .size())
                .isEqualTo(3);
        assertThat(open("x,s,n\ny,s,n\nx,t,m\nx,s,m\n").samples().data().size()).isEqualTo(4);
        assertThat(open("cap,ring,edible\nx,s,n\ny,s,n\nx,t,m\n")
                        .samples()
                        .data()
                        .size())
                .isEqualTo(3);
    }

    @Test
    void takesTheLabelByNameNumberFirstOrLast() throws IOException {
        String text = "y,a,b\n0,5,6\n1,7,9\n";
        for (String label : List.of("y", "1", "first")) {
            assertThat(row(open(text, label, Map.of()).samples().data(), 0)).containsExactly(5, 6);
        }
        assertThat(open(text, "last", Map.of()).label()).isEqualTo("b");
    }

    @Test
    void dropsUninformativeColumns() throws IOException {
        String rows = IntStream.range(0, 30)
                .mapToObj(i -> (i + 1) + ",Person " + i + ",7,same,," + i % 4 + "," + i % 2)
                .collect(Collectors.joining("\n"));
        Table table = open("id,name,constant,text,empty,x,y\n" + rows + "\n");
        assertThat(table.samples().featureNames()).containsExactly("x");
        assertThat(String.join("\n", table.summary()))
                .contains("it numbers the rows")
                .contains("most texts occur once, such as 'Person 0'")
                .contains("all values are the same")
                .contains("all values are missing");
    }

    @Test
    void followsTheUsersChoiceForAColumn() throws IOException {
        String text = "id,zip,y\n1,100,0\n2,200,1\n3,100,1\n4,200,0\n";
        assertThat(open(text, null, Map.of("zip", "category", "id", "number"))
                        .samples()
                        .featureNames())
                .containsExactly("id", "zip=100", "zip=200");
        assertThat(open(text, null, Map.of("id", "number", "2", "drop"))
                        .samples()
                        .featureNames())
                .containsExactly("id");
    }

    @Test
    void reproducesTheSamplesFromTheRecordedRoles() throws IOException {
        String text = "id,a,b,y\n1,4,u,0\n2,?,v,1\n3,9,u,1\n4,4,v,0\n";
        Table first = open(text);
        Table again = open(text, first.label(), first.roles());
        assertThat(again.samples().featureNames()).isEqualTo(first.samples().featureNames());
        assertThat(again.summary()).isEqualTo(first.summary());
    }

    @Test
    void leavesOutRowsWithoutALabelAndReportsThem() throws IOException {
        Table table = open("a,y\n1,yes\n2,\n3,no\n4,none\n");
        assertThat(table.samples().data().size()).isEqualTo(3);
        assertThat(table.summary()).contains("1 rows without a label are left out.");
    }

    @Test
    void suggestsTheLossThatSuitsTheLabels() throws IOException {
        assertThat(open("a,y\n1,yes\n2,no\n3,no\n").suitableLoss()).isEqualTo("logistic");
        assertThat(open("a,y\n1,2\n2,0\n5,1\n").suitableLoss()).isEqualTo("softmax");
        assertThat(open("a,y\n1,2.5\n2,0.1\n5,1\n").suitableLoss()).isEqualTo("least-squares");
        String many =
                IntStream.range(0, 2000).mapToObj(i -> (i * i % 7) + "," + i).collect(Collectors.joining("\n"));
        assertThat(open("a,y\n" + many).suitableLoss()).isEqualTo("least-squares");
    }

    @Test
    void dividesByAColumn() throws IOException {
        Path file = file("a,who,y\n1,10,0\n2,9,1\n3,10,1\n");
        Labelled data = Table.open(file, new TableChoices(null, "who", Map.of()))
                .samples()
                .data();
        assertThat(data.groups()).containsExactly(1, 0, 1);
        assertThat(data.features().columns()).isEqualTo(1);
    }

    @Test
    void readsATestSetWithItsColumnsInAnyOrder() throws IOException {
        Table.Samples samples = open("a,b,y\n1,u,no\n,v,yes\n5,u,yes\n").samples();
        Path test = Files.writeString(folder.resolve("test.csv"), "y,b,a\nyes,new,\nno,v,9\n");
        Labelled data = samples.test(test);
        assertThat(row(data, 0)).containsExactly(1, 0, 0);
        assertThat(row(data, 1)).containsExactly(9, 0, 1);
        assertThat(data.label(0)).isEqualTo(1);
    }

    @Test
    void keepsOneHotFeaturesSparse() throws IOException {
        String rows = IntStream.range(0, 20_000)
                .mapToObj(i -> "c" + i * 31 % 900 + "," + "d" + i * 17 % 900 + "," + i % 2)
                .collect(Collectors.joining("\n"));
        Labelled data = open("p,q,y\n" + rows).samples().data();
        assertThat(data.features().columns()).isEqualTo(1800);
        assertThat(data.features().entries()).isEqualTo(40_000);
    }
}
