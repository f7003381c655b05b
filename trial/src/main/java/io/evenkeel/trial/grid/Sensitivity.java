package io.evenkeel.trial.grid;

import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.text.TextFormat;
import java.util.ArrayList;
import java.util.List;

/** Computes an arm's sensitivity to its step size: the multiples whose results are within a factor of the best. */
final class Sensitivity {

    private static final double ALLOWED = 1.5;

    private final GridResults results;
    private final SweepAxis axis;

    Sensitivity(GridResults results, SweepAxis axis) {
        this.results = results;
        this.axis = axis;
    }

    /** Returns the sentences for each arm, and each value of the other axis if there is one. */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        int index = results.plan().axes().indexOf(axis);
        int others = results.count(1 - index);
        for (String arm : results.arms()) {
            for (int o = 0; o < others; o++) {
                String where = others == 1
                        ? ""
                        : " with " + results.plan().axes().get(1 - index).at(o);
                sentences.add(arm + where + ": " + sentence(results.line(arm, index, o)));
            }
        }
        return sentences;
    }

    private String sentence(List<SweepFigures> line) {
        int best = 0;
        for (int i = 1; i < line.size(); i++) {
            best = line.get(i).rounds() < line.get(best).rounds() ? i : best;
        }
        double rounds = line.get(best).rounds();
        String target = results.targetText();
        if (Double.isInfinite(rounds)) {
            double[] losses = line.stream().mapToDouble(SweepFigures::loss).toArray();
            return "never reached " + target + " at any of these steps" + lost(line)
                    + (GridResults.isOpen(axis, losses)
                            ? ". The loss is smallest where the grid ends or has a gap, so a step there may reach it."
                            : ".");
        }
        int low = best;
        int high = best;
        while (low > 0 && line.get(low - 1).rounds() <= ALLOWED * rounds) {
            low--;
        }
        while (high < line.size() - 1 && line.get(high + 1).rounds() <= ALLOWED * rounds) {
            high++;
        }
        String end =
                best == 0 || best == line.size() - 1 ? " (the end of the grid, so that one beyond may be better)" : "";
        return "best at " + times(best) + end + ", " + TextFormat.number(rounds) + " rounds to " + target + "; "
                + range(low, high) + lost(line) + ".";
    }

    private String range(int low, int high) {
        if (low == high) {
            return "no other step of this grid is within a factor of " + ALLOWED + " of that";
        }
        double factor = axis.number(high).orElse(1) / axis.number(low).orElse(1);
        boolean open = low == 0 || high == axis.values().size() - 1;
        return "within a factor of " + ALLOWED + " of that from " + times(low) + " to " + times(high) + ", a range of "
                + Numerals.shortest(factor, 3) + (open ? " or more, as it ends where the grid does" : "");
    }

    private String times(int index) {
        return axis.values().get(index) + "x";
    }

    private String lost(List<SweepFigures> line) {
        List<String> at = new ArrayList<>();
        for (int i = 0; i < line.size(); i++) {
            if (line.get(i).isLost()) {
                at.add(times(i) + " (round " + line.get(i).firstDivergence() + ")");
            }
        }
        return at.isEmpty() ? "" : "; diverged at " + String.join(", ", at);
    }
}
