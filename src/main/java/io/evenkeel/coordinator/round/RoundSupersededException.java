package io.evenkeel.coordinator.round;

/** Reports that another coordinator closed the round or took over the run, or that the run ended; nothing was written. */
final class RoundSupersededException extends RuntimeException {

    RoundSupersededException(FrozenRound frozen) {
        super("round " + frozen.round() + " of run " + frozen.run() + " can no longer be closed", null, false, false);
    }
}
