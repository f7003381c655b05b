package io.evenkeel.coordinator.transfer;

import java.util.ArrayList;
import java.util.List;

/** The result of an import. Not thread-safe. */
final class ImportResult {

    final List<Long> runKeys = new ArrayList<>();
    final List<String> runs = new ArrayList<>();
    final List<String> models = new ArrayList<>();
    final List<String> rollouts = new ArrayList<>();
    final List<String> experiments = new ArrayList<>();
    final List<String> evaluations = new ArrayList<>();

    /** Runs and roll-outs that were running at the exporting coordinator, as text. */
    final List<String> paused = new ArrayList<>();

    /** Sentences about the damaged data that the export left out. */
    final List<String> leftOut = new ArrayList<>();

    private final String by;

    /** Starts an import by an operator. */
    ImportResult(String by) {
        this.by = by;
    }

    /** Returns the operator's name. */
    String by() {
        return by;
    }
}
