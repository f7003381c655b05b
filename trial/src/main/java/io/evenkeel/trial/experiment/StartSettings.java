package io.evenkeel.trial.experiment;

import java.util.List;

/**
 * Where a run starts.
 *
 * @param x zeros, normal (standard), or suggested: what suits the loss
 * @param g zeros, compressed (C of the first gradient) or dense (the first gradient itself); the messages are counted
 */
public record StartSettings(String x, String g) {

    public StartSettings {
        Check.oneOf("start.x", x, List.of("zeros", "normal", "suggested"));
        Check.oneOf("start.g", g, List.of("zeros", "compressed", "dense"));
    }
}
