package io.evenkeel.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListTableTest {

    private static List<String> lines(Style style, int columns) {
        return new ListTable<List<String>>(new TextLayout(style, columns, Instant.EPOCH))
                .text("NAME", row -> row.get(0))
                .state("STATE", row -> row.get(1))
                .number("ROUND", row -> row.get(2))
                .optional("ALGORITHM", row -> row.get(3))
                .optional("MESSAGE", row -> row.get(4))
                .lines(List.of(
                        List.of("digits", "running", "5", "ef21-norm", "all is well"),
                        List.of("a-run-with-a-long-name", "failed", "12345", "gd", "the model would not be finite")));
    }

    @Test
    void alignsTextsToTheLeftAndNumbersToTheRight() {
        assertThat(lines(Style.PLAIN, TextLayout.UNLIMITED))
                .containsExactly(
                        "NAME                    STATE    ROUND  ALGORITHM  MESSAGE",
                        "digits                  running      5  ef21-norm  all is well",
                        "a-run-with-a-long-name  failed   12345  gd         the model would not be finite");
    }

    @Test
    void leavesOutTheLastOptionalColumnFirst() {
        assertThat(lines(Style.PLAIN, 60).get(0)).contains("ALGORITHM").doesNotContain("MESSAGE");
        assertThat(lines(Style.PLAIN, 40).get(0)).contains("ROUND").doesNotContain("ALGORITHM");
    }

    @Test
    void cutsTheWidestTextsIfEvenTheNeededColumnsDoNotFit() {
        assertThat(lines(Style.PLAIN, 30))
                .allMatch(line -> line.length() <= 30)
                .anyMatch(line -> line.startsWith("a-run-with-a-…  failed"));
    }

    @Test
    void coloursOnlyStates() {
        assertThat(lines(Style.COLOURED, 200).get(1)).startsWith("digits                  \u001b[32mrunning\u001b[0m");
        assertThat(lines(Style.PLAIN, 200)).noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void alignsTextsWithWideCharacters() {
        List<String> lines = new ListTable<List<String>>(new TextLayout(Style.PLAIN, 14, Instant.EPOCH))
                .text("NAME", row -> row.get(0))
                .text("X", row -> row.get(1))
                .lines(List.of(List.of("温度計", "1"), List.of("abc", "2"), List.of("とても長い名前です", "3")));

        assertThat(lines.get(1)).isEqualTo("温度計       1");
        assertThat(lines.get(3)).isEqualTo("とても長い…  3");
    }

    @Test
    void controlCharactersAreReplaced() {
        List<String> lines = new ListTable<String>(new TextLayout(Style.PLAIN, 80, Instant.EPOCH))
                .text("NAME", name -> name)
                .lines(List.of("a\u001b[2Jb\u202Ec\nd"));

        assertThat(lines).containsExactly("NAME", "a\uFFFD[2Jb\uFFFDc\uFFFDd");
    }
}
