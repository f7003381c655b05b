package io.evenkeel.engine.round;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds members of a run whose reported losses are inconsistent with their gradients, such as a loss summed over
 * samples with a mean gradient.
 *
 * <p>Along a step a loss changes by the length of the step times its mean slope, and members report the slope
 * at the end of each step. So over ten consecutive rounds a member's loss changes about as much as the sum of
 * {@code |s_(k-1) + s_k|/2} times the length. A member is reported if, in two consecutive windows, its loss
 * has moved in one direction by more than ten times that sum, or has changed by less than a tenth of it in
 * total. The noise of minibatches does not trigger this: it cancels in the first sum, and adds to the second.
 * Changes below the rounding of float32 are ignored, as is the first round after one that a member has
 * missed, since the points of IGT are far apart there.
 *
 * <p>Kept in memory: after a restart the windows start over. Not thread-safe.
 */
public final class LossCheck {

    static final double FACTOR = 10;
    static final int WINDOW = 10;
    private static final double ROUNDING = 1e-5;
    private static final int MAX_MEMBERS = 10_000;

    private final Map<Integer, Window> windows = new HashMap<>();
    private int round = -1;
    private double length;
    private List<Integer> found = List.of();

    /**
     * A member's report in a round.
     *
     * @param loss the loss, finite
     * @param slope the slope of its loss along the path from the model of its previous message, finite
     */
    record Report(double loss, double slope) {}

    private static final class Window {

        private Report last;
        private boolean isFresh = true;
        private double moved;
        private double changed;
        private double predicted;
        private int rounds;
        private int suspect;

        Window(Report first) {
            this.last = first;
        }

        /** Adds the next round; returns whether it completes the second consecutive inconsistent window. */
        boolean add(Report report, double length) {
            Report before = last;
            last = report;
            if (isFresh) {
                isFresh = false;
                return false;
            }
            moved += report.loss - before.loss;
            changed += Math.abs(report.loss - before.loss);
            predicted += Math.abs(before.slope + report.slope) / 2 * length;
            return ++rounds == WINDOW && judge();
        }

        private boolean judge() {
            boolean counts = Math.max(Math.abs(moved), predicted) > ROUNDING * Math.abs(last.loss);
            boolean tooMuch = Math.abs(moved) > FACTOR * predicted && Math.abs(moved) > changed / 2;
            boolean tooLittle = changed < predicted / FACTOR;
            suspect = counts && (tooMuch || tooLittle) ? suspect + 1 : 0;
            clear();
            return suspect == 2;
        }

        private void clear() {
            moved = 0;
            changed = 0;
            predicted = 0;
            rounds = 0;
        }
    }

    /**
     * Adds a closed round, in ascending order. The same round may be added again if its transaction was rolled back.
     *
     * @param reports the reports of the members that send both figures; runs with too many members are not checked
     * @param stepLength ||x^(k+1) - x^k||
     * @return the members found in this round
     */
    public List<Integer> add(int closed, Map<Integer, Report> reports, double stepLength) {
        if (closed == round) {
            return found;
        }
        List<Integer> members = new ArrayList<>();
        if (closed != round + 1 || reports.size() > MAX_MEMBERS) {
            windows.clear();
        }
        if (reports.size() <= MAX_MEMBERS) {
            windows.keySet().retainAll(reports.keySet());
            reports.forEach((member, report) -> {
                Window window = windows.get(member);
                if (window == null) {
                    windows.put(member, new Window(report));
                } else if (window.add(report, length)) {
                    members.add(member);
                }
            });
        }
        round = closed;
        length = stepLength;
        found = members.stream().sorted().toList();
        return found;
    }
}
