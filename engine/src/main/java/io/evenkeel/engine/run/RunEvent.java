package io.evenkeel.engine.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A new event of a run. Inserted by the transaction that changes the run; read by {@code RunEventTable}. */
@SuppressWarnings("UnusedVariable") // JPA reads the fields.
class RunEvent {

    private @Nullable Long id;

    private Run run;

    private long sequence;

    private RunEventType type;

    private int round;

    private Instant happenedAt;

    private @Nullable String detail;

    private boolean pending;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected RunEvent() {}

    RunEvent(Run run, long sequence, RunEventType type, int round, Instant now, @Nullable String detail) {
        this.run = run;
        this.sequence = sequence;
        this.type = type;
        this.round = round;
        this.happenedAt = now;
        this.detail = detail;
        this.pending = type.isForWebhooks();
    }

    RunEventType type() {
        return type;
    }
}
