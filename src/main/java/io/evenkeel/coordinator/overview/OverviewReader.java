package io.evenkeel.coordinator.overview;

import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.round.record.RunForecast;
import io.evenkeel.coordinator.round.record.RunForecastReader;
import io.evenkeel.coordinator.run.LoggedEvent;
import io.evenkeel.coordinator.run.RunEventTable;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.PageRequest;
import org.springframework.stereotype.Component;

/**
 * Reads the overview with a few queries. Each returns a bounded number of rows, whatever the number of runs
 * and rounds. Thread-safe.
 */
@Component
class OverviewReader {

    private static final int MAX_RUNS = 200;
    private static final int MAX_WAITING = 100;
    private static final int MAX_RUNNING = 20;
    private static final int MAX_LATEST = 15;

    private final RunRepository runs;
    private final RunRules rules;
    private final RoundRecords records;
    private final RunForecastReader progress;
    private final RoundMembers members;
    private final CohortFaults faults;
    private final RunEventTable events;
    private final List<OverviewSource> sources;
    private final DurableTransactions transactions;
    private final Clock clock;

    OverviewReader(
            RunRepository runs,
            RunRules rules,
            RoundRecords records,
            RunForecastReader progress,
            RoundMembers members,
            CohortFaults faults,
            RunEventTable events,
            List<OverviewSource> sources,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.rules = rules;
        this.records = records;
        this.progress = progress;
        this.members = members;
        this.faults = faults;
        this.events = events;
        this.sources = List.copyOf(sources);
        this.transactions = transactions;
        this.clock = clock;
    }

    /** The summary of the runs that a reader may see. */
    private record Runs(
            List<WaitingItem> waiting, List<Overview.Running> running, int runningTotal, List<LatestEvent> latest) {}

    /** Returns the overview of the runs that a reader may see. */
    Overview read(RunPatterns readers) {
        Instant now = clock.instant();
        Runs ofRuns = transactions.read(() -> runs(readers, now));
        // Outside the transaction, because a source may call another server.
        List<WaitingItem> waiting = Stream.concat(
                        ofRuns.waiting().stream(),
                        sources.stream().flatMap(source -> source.waiting(readers, now).stream()))
                .sorted(WaitingItem.ORDER)
                .toList();
        List<LatestEvent> latest = Stream.concat(
                        ofRuns.latest().stream(),
                        sources.stream().flatMap(source -> source.latest(readers, now, MAX_LATEST).stream()))
                .sorted(LatestEvent.NEWEST_FIRST)
                .limit(MAX_LATEST)
                .toList();
        return new Overview(
                now,
                waiting.stream().limit(MAX_WAITING).toList(),
                waiting.size(),
                ofRuns.running(),
                ofRuns.runningTotal(),
                latest);
    }

    private Runs runs(RunPatterns readers, Instant now) {
        List<Run> underWay = newest(EnumSet.of(RunState.CREATED, RunState.RUNNING, RunState.PAUSED), readers);
        List<Run> all = new ArrayList<>(underWay);
        all.addAll(newest(EnumSet.of(RunState.FAILED), readers));
        List<Run> running =
                underWay.stream().filter(run -> run.state() == RunState.RUNNING).toList();
        List<Run> shown = running.stream().limit(MAX_RUNNING).toList();
        Map<Long, Integer> present =
                members.present(underWay.stream().map(Run::id).toList());
        Map<Long, Integer> leftOut =
                faults.leftOut(underWay.stream().map(Run::id).toList());
        Map<Long, RunForecast> going = progress.of(running);
        List<WaitingItem> waiting = all.stream()
                .map(run -> new RunWaiting(
                        run,
                        needed(run),
                        present.getOrDefault(run.id(), 0),
                        leftOut.getOrDefault(run.id(), 0),
                        going.getOrDefault(run.id(), RunForecast.NONE).stall()))
                .flatMap(run -> run.items(now).stream())
                .toList();
        return new Runs(waiting, running(shown, present, going), running.size(), latest(readers));
    }

    private List<Run> newest(Set<RunState> states, RunPatterns readers) {
        return runs.findAll(
                        RunRepository.matching("", states, readers),
                        PageRequest.of(0, MAX_RUNS, RunRepository.NEWEST_FIRST))
                .getContent();
    }

    /**
     * Returns the number of messages that the open round needs; for a run that has not started, the number
     * that its first round needs.
     */
    private int needed(Run run) {
        RoundRules open = run.state().hasOpenRound() ? rules.open(run) : rules.next(run);
        return open.minParticipants();
    }

    private List<Overview.Running> running(List<Run> shown, Map<Long, Integer> present, Map<Long, RunForecast> going) {
        Map<Long, Double> losses = new HashMap<>();
        records.samples(shown.stream().collect(Collectors.toMap(Run::id, run -> List.of(run.round() - 1))))
                .forEach(sample -> losses.put(sample.run(), sample.loss()));
        return shown.stream()
                .map(run -> running(
                        run,
                        present.getOrDefault(run.id(), 0),
                        losses.get(run.id()),
                        going.getOrDefault(run.id(), RunForecast.NONE)))
                .toList();
    }

    private Overview.Running running(Run run, int present, @Nullable Double loss, RunForecast progress) {
        return new Overview.Running(
                run.name(),
                run.round(),
                rules.next(run).rounds(),
                run.current().accepted(),
                needed(run),
                present,
                loss,
                progress.stall() != null,
                progress.roundSeconds(),
                progress.expectedEnd());
    }

    private List<LatestEvent> latest(RunPatterns readers) {
        return events.newest(readers, MAX_LATEST).stream()
                .map(OverviewReader::event)
                .toList();
    }

    private static LatestEvent event(LoggedEvent event) {
        return new LatestEvent(
                event.at(), Subject.RUN, event.name(), event.type().text(), event.round(), event.detail());
    }
}
