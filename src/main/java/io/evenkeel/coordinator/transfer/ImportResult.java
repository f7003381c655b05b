package io.evenkeel.coordinator.transfer;

import java.util.ArrayList;
import java.util.List;

/** What an import has inserted so far. Not thread-safe. */
final class ImportResult {

    final List<Long> runKeys = new ArrayList<>();
    final List<String> runs = new ArrayList<>();
    final List<String> models = new ArrayList<>();
    final List<String> rollouts = new ArrayList<>();
    final List<String> experiments = new ArrayList<>();
    final List<String> evaluations = new ArrayList<>();

    /** Runs and roll-outs that were running where they come from, for people. */
    final List<String> paused = new ArrayList<>();

    /** What the export left out because it was damaged, for people. */
    final List<String> leftOut = new ArrayList<>();

    private final String by;

    /** Begins an import by an operator. */
    ImportResult(String by) {
        this.by = by;
    }

    /** Returns the operator's name. */
    String by() {
        return by;
    }
}
