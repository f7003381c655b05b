package io.evenkeel.coordinator.run;

import io.evenkeel.engine.run.RunEventType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A new event of a run. Inserted by the transaction that changes the run; read by {@link RunEventTable}. */
@Entity
@Table(name = "run_event")
@SuppressWarnings("UnusedVariable") // JPA reads the fields.
class RunEvent {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "run_id", updatable = false)
    private Run run;

    @Column(updatable = false)
    private long sequence;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private RunEventType type;

    @Column(name = "round_number", updatable = false)
    private int round;

    @Column(updatable = false)
    private Instant happenedAt;

    @Column(updatable = false)
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
}
