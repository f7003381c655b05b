package io.evenkeel.cli.demo;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RoundFigures;
import java.util.List;

/** Adds up the records of a run's closed rounds; fetches each record once. Not thread-safe. */
final class RoundTotals {

    private static final int PAGE = 500;

    private final OperatorApi operator;
    private final String run;
    private int rounds;
    private double loss = Double.NaN;
    private long uplinkBytes;
    private long denseUplinkBytes;
    private long downlinkBytes;

    RoundTotals(OperatorApi operator, String run) {
        this.operator = operator;
        this.run = run;
    }

    /** Fetches the records of the rounds closed since the last time. */
    void update() {
        List<RoundFigures> fetched;
        do {
            fetched = operator.rounds(run, rounds, PAGE);
            fetched.forEach(this::add);
        } while (fetched.size() == PAGE);
    }

    private void add(RoundFigures figures) {
        rounds++;
        loss = figures.loss();
        uplinkBytes += figures.uplinkBytes();
        denseUplinkBytes += figures.denseUplinkBytes();
        downlinkBytes += figures.downlinkBytes();
    }

    /** Returns the number of closed rounds. */
    int rounds() {
        return rounds;
    }

    /** Returns the last closed round's mean loss on the devices' minibatches. */
    double loss() {
        return loss;
    }

    long uplinkBytes() {
        return uplinkBytes;
    }

    long denseUplinkBytes() {
        return denseUplinkBytes;
    }

    long downlinkBytes() {
        return downlinkBytes;
    }
}
