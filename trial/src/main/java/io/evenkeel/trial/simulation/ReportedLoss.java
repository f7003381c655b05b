package io.evenkeel.trial.simulation;

/** The mean of the losses that a round's devices report, weighted by samples as the coordinator does it. Not thread-safe. */
final class ReportedLoss {

    private double weighted;
    private double samples;

    void add(double loss, long ofSamples) {
        weighted += ofSamples * loss;
        samples += ofSamples;
    }

    double mean() {
        return weighted / samples;
    }
}
