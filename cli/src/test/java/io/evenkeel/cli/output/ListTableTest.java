package io.evenkeel.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ListTableTest {

    private static ListTable table(Style style, int columns) {
        ListTable table = new ListTable(new TextLayout(style, columns, Instant.EPOCH))
                .text("NAME")
                .state("STATE")
                .number("ROUND")
                .optional("ALGORITHM")
                .optional("MESSAGE");
        table.row("digits", "running", "5", "ef21-norm", "all is well");
        table.row("a-run-with-a-long-name", "failed", "12345", "gd", "the model would not be finite");
        return table;
    }

    @Test
    void alignsTextsToTheLeftAndNumbersToTheRight() {
        assertThat(table(Style.PLAIN, TextLayout.UNLIMITED).lines())
                .containsExactly(
                        "NAME                    STATE    ROUND  ALGORITHM  MESSAGE",
                        "digits                  running      5  ef21-norm  all is well",
                        "a-run-with-a-long-name  failed   12345  gd         the model would not be finite");
    }

    @Test
    void leavesOutTheLastOptionalColumnFirst() {
        assertThat(table(Style.PLAIN, 60).lines().get(0)).contains("ALGORITHM").doesNotContain("MESSAGE");
        assertThat(table(Style.PLAIN, 40).lines().get(0)).contains("ROUND").doesNotContain("ALGORITHM");
    }

    @Test
    void cutsTheWidestTextsWhereEvenTheNeededColumnsDoNotFit() {
        assertThat(table(Style.PLAIN, 30).lines())
                .allMatch(line -> line.length() <= 30)
                .anyMatch(line -> line.startsWith("a-run-with-a-…  failed"));
    }

    @Test
    void coloursStatesAndNothingElse() {
        assertThat(table(Style.COLOURED, 200).lines().get(1))
                .startsWith("digits                  \u001b[32mrunning\u001b[0m");
        assertThat(table(Style.PLAIN, 200).lines()).noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void alignsTextsWithWideCharacters() {
        ListTable table = new ListTable(new TextLayout(Style.PLAIN, 14, Instant.EPOCH))
                .text("NAME")
                .text("X");
        table.row("温度計", "1");
        table.row("abc", "2");
        table.row("とても長い名前です", "3");

        assertThat(table.lines().get(1)).isEqualTo("温度計       1");
        assertThat(table.lines().get(3)).isEqualTo("とても長い…  3");
    }

    @Test
    void controlCharactersAreReplaced() {
        ListTable table = new ListTable(new TextLayout(Style.PLAIN, 80, Instant.EPOCH)).text("NAME");
        table.row("a\u001b[2Jb\u202Ec\nd");

        assertThat(table.lines()).containsExactly("NAME", "a\uFFFD[2Jb\uFFFDc\uFFFDd");
    }
}
