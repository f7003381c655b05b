package io.evenkeel.coordinator.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.draw.RunStalls;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.LoggedEvent;
import io.evenkeel.coordinator.run.RunEventTable;
import io.evenkeel.coordinator.run.RunSnapshot;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.round.RoundRecord;
import io.evenkeel.engine.run.RunEventType;
import io.evenkeel.engine.run.RunStall;
import java.time.Instant;
import java.util.Collection;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads from the database the events and figures that streams send. Thread-safe. */
@Component
class RunNews {

    /** The maximum number of events per read. */
    static final int BATCH = 100;

    private final RunTable runs;
    private final RunEventTable events;
    private final RoundRecords records;
    private final RefusalTable refusals;
    private final DurableTransactions transactions;
    private final RunStalls stalls;

    RunNews(
            RunTable runs,
            RunEventTable events,
            RoundRecords records,
            RefusalTable refusals,
            DurableTransactions transactions,
            RunStalls stalls) {
        this.runs = runs;
        this.events = events;
        this.records = records;
        this.refusals = refusals;
        this.transactions = transactions;
        this.stalls = stalls;
    }

    /**
     * The current state of a run.
     *
     * @param run the run's state and round
     * @param stalled why it makes no progress, null if it does
     * @param refused the number of refused messages by reason
     */
    record Snapshot(RunSnapshot run, @Nullable RunStall stalled, Map<String, Long> refused) {}

    /**
     * An event to send.
     *
     * @param sequence its id
     * @param type the type of the event
     * @param data its data
     */
    record Item(long sequence, RunEventType type, EventData data) {}

    /** Returns the current state of the given runs by key, with two queries. */
    Map<Long, Snapshot> of(Collection<Long> ids) {
        return transactions.read(() -> {
            // Reads the refusals before the runs, so that a run that is over by the second query has all its
            // refusals.
            Map<Long, Map<String, Long>> refused = refusals.of(ids);
            return runs.snapshots(ids).stream()
                    .collect(Collectors.toMap(
                            RunSnapshot::id,
                            run -> new Snapshot(
                                    run, stalls.of(run).orElse(null), refused.getOrDefault(run.id(), Map.of()))));
        });
    }

    /** Returns the events of a run after a sequence number, at most {@link #BATCH}, with the figures of closed rounds. */
    List<Item> after(long run, long sequence) {
        return transactions.read(() -> {
            List<LoggedEvent> found = events.after(run, sequence, BATCH);
            Map<Integer, RoundRecord> figures = figures(run, found);
            return found.stream()
                    .map(event -> new Item(
                            event.sequence(),
                            event.type(),
                            EventData.of(
                                    event,
                                    event.type() == RunEventType.ROUND_CLOSED ? figures.get(event.round()) : null)))
                    .toList();
        });
    }

    /**
     * An event other than the opening or closing of a round.
     *
     * @param id its id in the stream of events
     * @param type the type of the event
     * @param round the round concerned, or the open one
     * @param at when it happened
     * @param detail the reason, or the changes
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Notable(
            long id,
            String type,
            int round,
            Instant at,
            @Nullable String detail) {}

    /** Returns a run's newest events of this kind before a given sequence number, newest first. */
    List<Notable> notable(long run, long before, int limit) {
        return transactions.read(() -> events.notable(run, before, limit)).stream()
                .map(event ->
                        new Notable(event.sequence(), event.type().text(), event.round(), event.at(), event.detail()))
                .toList();
    }

    private Map<Integer, RoundRecord> figures(long run, List<LoggedEvent> found) {
        IntSummaryStatistics rounds = found.stream()
                .filter(event -> event.type() == RunEventType.ROUND_CLOSED)
                .mapToInt(LoggedEvent::round)
                .summaryStatistics();
        return rounds.getCount() == 0
                ? Map.of()
                : records.list(run, rounds.getMin(), rounds.getMax() - rounds.getMin() + 1).stream()
                        .collect(Collectors.toMap(RoundRecord::round, Function.identity()));
    }

    /** Returns whether the events right after a sequence number are no longer stored, or the run has fewer events. */
    boolean isMissed(long run, long sequence, long newest) {
        return sequence > newest
                || (sequence < newest
                        && transactions.read(() -> events.oldest(run)).orElse(newest + 1) > sequence + 1);
    }
}
