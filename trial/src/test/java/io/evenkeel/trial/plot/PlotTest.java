package io.evenkeel.trial.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlotTest {

    @Test
    void thinningKeepsThePeaksAndTheEndsOfEveryColumn() {
        double[] x = new double[10_000];
        double[] y = new double[10_000];
        Arrays.setAll(x, i -> i * 0.01);
        Arrays.setAll(y, i -> Math.sin(i));
        y[4_321] = 50;
        y[7_777] = -60;
        int[] kept = Thinning.keep(x, y);
        assertThat(kept)
                .hasSizeLessThanOrEqualTo(400)
                .contains(0, 9_999, 4_321, 7_777)
                .isSorted();
        for (int column = 0; column < 100; column++) {
            int from = column;
            double highest =
                    Arrays.stream(y, 100 * column, 100 * column + 100).max().orElseThrow();
            double keptHighest = Arrays.stream(kept)
                    .filter(i -> (int) Math.floor(x[i]) == from)
                    .mapToDouble(i -> y[i])
                    .max()
                    .orElseThrow();
            assertThat(keptHighest).isEqualTo(highest);
        }
    }

    @Test
    void thinningKeepsFewPointsUnchanged() {
        assertThat(Thinning.keep(new double[] {0, 1, 1.5, 2}, new double[] {3, 2, 4, 1}))
                .containsExactly(0, 1, 2, 3);
        assertThat(Thinning.keep(new double[0], new double[0])).isEmpty();
    }

    @Test
    void ticksAreRoundNumbersWithinTheAxis() {
        assertThat(labelled(Scale.linear(0, 1000))).containsExactly(0.0, 500.0, 1000.0);
        assertThat(labelled(new Scale(0.12, 0.38, false))).containsExactly(0.15, 0.2, 0.25, 0.3, 0.35);
        assertThat(labelled(new Scale(1e-9, 1.5, true))).containsExactly(1e-8, 1e-6, 1e-4, 0.01, 1.0);
        assertThat(labelled(new Scale(0.9, 21, true))).containsExactly(1.0, 2.0, 5.0, 10.0, 20.0);
    }

    private static List<Double> labelled(Scale scale) {
        return scale.ticks(5).stream()
                .filter(Scale.Tick::labelled)
                .map(Scale.Tick::value)
                .toList();
    }

    @Test
    void numbersAreAsShortAsReadabilityAllows() {
        assertThat(Numerals.shortest(0.0123456, 3)).isEqualTo("0.0123");
        assertThat(Numerals.shortest(12_345.4, 3)).isEqualTo("12,345");
        assertThat(Numerals.shortest(2.5e-8, 3)).isEqualTo("2.5·10⁻⁸");
        assertThat(Numerals.shortest(1e-4, 3)).isEqualTo("10⁻⁴");
        assertThat(Numerals.shortest(9.9999e-5, 3)).isEqualTo("10⁻⁴");
        assertThat(Numerals.shortest(-3e7, 2)).isEqualTo("-3·10⁷");
        assertThat(Numerals.shortest(0.5, 4)).isEqualTo("0.5");
        assertThat(Numerals.shortest(Double.POSITIVE_INFINITY, 4)).isEqualTo("∞");
    }

    @Test
    void escapesAnyText() {
        String hostile = "<script>alert(\"1\")</script>&\u0000\u202Egnp.exe\uD800";
        String text = new Markup().element("p", hostile, "title", hostile).toString();
        assertThat(text)
                .doesNotContain("<script")
                .doesNotContain("\u0000")
                .doesNotContain("\u202E")
                .contains("&lt;script&gt;")
                .contains("title=\"&lt;script&gt;alert(&quot;1&quot;)");
    }

    @Test
    void doesNotReturnUnclosedMarkup() {
        assertThatThrownBy(() -> new Markup().open("p").toString())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("<p> is not closed");
    }

    @Test
    void leavesOutValuesThatALogarithmicAxisCannotShow() {
        String svg = new Plot("a", "t", Axis.linear("x"), Axis.logarithmic("y"))
                .curve(Curve.plain("c", 0, new double[] {0, 1, 2, 3}, new double[] {1, 0, Double.NaN, 0.1}))
                .svg()
                .toString();
        assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void theLegendNamesOnlyDrawnCurves() {
        String svg = new Plot("a", "t", Axis.logarithmic("x"), Axis.linear("y"))
                .curve(Curve.plain("seen", 0, new double[] {1, 2}, new double[] {1, 2}))
                .curve(Curve.plain("above", 1, new double[] {1, 2}, new double[] {50, 60}))
                .curve(Curve.plain("nowhere", 2, new double[] {0, 1}, new double[] {1, Double.NaN}))
                .below(5)
                .svg()
                .toString();
        assertThat(svg).contains(">seen<").doesNotContain(">above<").doesNotContain(">nowhere<");
    }

    @Test
    void leavesAGapWhereACurveHasNoValue() {
        String svg = new Plot("a", "t", Axis.linear("x"), Axis.linear("y"))
                .curve(Curve.plain("c", 0, new double[] {0, 1, 2, 3, 4}, new double[] {1, 2, Double.NaN, 2, 1}))
                .svg()
                .toString();
        assertThat(svg).containsPattern("class=\"line s0\" stroke-dasharray=\"\" d=\"M[^M\"]+M[^M\"]+\"");
    }

    @Test
    void heatMapsAreReadInGreyAndTheirLettersOnEveryColour() {
        double before = -1;
        for (int i = 0; i <= 20; i++) {
            String colour = Ramp.colour(i / 20.0);
            double luminance = luminance(colour);
            assertThat(luminance).as(colour).isGreaterThan(before);
            double contrast = Ramp.takesBlackLetters(i / 20.0) ? (luminance + 0.05) / 0.05 : 1.05 / (luminance + 0.05);
            assertThat(contrast).as("contrast on " + colour).isGreaterThan(4.5);
            before = luminance;
        }
    }

    /** Returns the relative luminance as defined by WCAG 2.1. */
    private static double luminance(String colour) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double c = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    @Test
    void longNamesKeepTheirBeginningAndTheirEnd() {
        assertThat(Lettering.shortened("accumulated-norm-gamma-0.5", 14)).isEqualTo("accumul…ma-0.5");
        assertThat(Lettering.shortened("ef21", 14)).isEqualTo("ef21");
        assertThat(Lettering.width("圧縮")).isGreaterThan(Lettering.width("ab"));
    }

    @Test
    void noLineRunsThroughTheWordsOfAnInterval() {
        String svg = new Intervals("t", Axis.linear("x"), 0)
                .row(new Intervals.Row("first", 0, 1, 0.5, 2, "1 [0.5, 2]"))
                .row(new Intervals.Row("second", 1, -1, -2, 1, "-1 [-2, 1]"))
                .svg()
                .toString();
        assertThat(svg.split("class=\"neutral\"", -1))
                .as("a piece for each row")
                .hasSize(3);
        assertThat(svg)
                .contains("class=\"key\" text-anchor=\"start\" x=\"4\" y=\"13\"")
                .containsPattern("class=\"neutral\" d=\"M[0-9.]+ 16v18\"");
    }
}
