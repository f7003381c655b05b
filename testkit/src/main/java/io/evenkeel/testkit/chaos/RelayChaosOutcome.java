package io.evenkeel.testkit.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * The outcome of a chaos test with relays.
 *
 * @param levels the outcome of the upper run, then of each site
 * @param cuts the number of times that a link was down
 */
record RelayChaosOutcome(List<ChaosOutcome> levels, int cuts) {

    List<String> violations() {
        return levels.stream()
                .flatMap(level -> level.verdict().violations().stream())
                .toList();
    }

    /** Formats the outcome as human-readable text. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            lines.add(i == 0 ? "the run above" : "site " + i);
            ChaosReport.lines(levels.get(i)).forEach(line -> lines.add("  " + line));
        }
        lines.add("links cut " + cuts);
        return lines;
    }
}
