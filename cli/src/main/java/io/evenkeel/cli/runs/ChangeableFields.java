package io.evenkeel.cli.runs;

import java.util.Iterator;
import java.util.List;

/** What a shell completes as a field to change. The coordinator decides what may change, and says why a field may not. */
final class ChangeableFields implements Iterable<String> {

    private static final List<String> FIELDS = List.of(
            "rounds=",
            "participants.min=",
            "participants.max=",
            "time.min=",
            "time.max=",
            "sampling=",
            "priority=",
            "weights.min=",
            "weights.max=",
            "stop.targets=",
            "stop.patience.rounds=",
            "stop.patience.metric=",
            "stop.maxBytes=",
            "stop.maxTime=",
            "stop.divergence=off",
            "stop.divergence.factor=",
            "stop.divergence.loss=",
            "stop.divergence.rounds=",
            "description=",
            "tags=");

    /** For picocli. */
    ChangeableFields() {}

    @Override
    public Iterator<String> iterator() {
        return FIELDS.iterator();
    }
}
