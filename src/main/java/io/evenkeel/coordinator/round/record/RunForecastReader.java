package io.evenkeel.coordinator.round.record;

import io.evenkeel.coordinator.draw.RunStalls;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the forecasts of runs. Works in the caller's transaction. Thread-safe. */
@Component
public class RunForecastReader {

    private final RoundRecords records;
    private final RunStalls stalls;
    private final RunRules rules;
    private final Clock clock;

    RunForecastReader(RoundRecords records, RunStalls stalls, RunRules rules, Clock clock) {
        this.records = records;
        this.stalls = stalls;
        this.rules = rules;
        this.clock = clock;
    }

    /** Returns the forecasts of those of the given runs that are running, by key. */
    public Map<Long, RunForecast> of(Collection<Run> some) {
        Instant now = clock.instant();
        List<Run> running =
                some.stream().filter(run -> run.state() == RunState.RUNNING).toList();
        Map<Long, Instant> opened = running.isEmpty()
                ? Map.of()
                : records.opened(running.stream().collect(Collectors.toMap(Run::id, RunForecastReader::first)));
        Map<Long, RunForecast> found = new HashMap<>();
        for (Run run : running) {
            found.put(
                    run.id(),
                    RunForecast.of(
                            stalls.of(run).orElse(null),
                            pace(run, opened.get(run.id())),
                            rules.next(run).rounds() - run.round(),
                            now));
        }
        return found;
    }

    private static @Nullable RunPace pace(Run run, @Nullable Instant from) {
        Instant opened = run.current().openedAt();
        // Round 0 may have closed after the run's row was read.
        return from == null || opened == null || run.round() == 0
                ? null
                : new RunPace(from, run.round() - first(run), opened);
    }

    private static int first(Run run) {
        return Math.max(0, run.round() - RunPace.WINDOW);
    }
}
