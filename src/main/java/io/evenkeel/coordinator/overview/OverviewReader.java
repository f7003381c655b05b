package io.evenkeel.coordinator.overview;

import io.evenkeel.coordinator.access.permission.RunPatterns;
import io.evenkeel.coordinator.definition.RoundRules;
import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.LoggedEvent;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunEventTable;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.PageRequest;
import org.springframework.stereotype.Component;

/** Reads the overview: a few queries, whose rows are bounded for any number of runs and rounds. Thread-safe. */
@Component
class OverviewReader {

    private static final int MAX_RUNS = 200;
    private static final int MAX_WAITING = 100;
    private static final int MAX_RUNNING = 20;
    private static final int MAX_LATEST = 15;

    private final RunRepository runs;
    private final RunRules rules;
    private final RoundRecords records;
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
            RoundMembers members,
            CohortFaults faults,
            RunEventTable events,
            List<OverviewSource> sources,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.rules = rules;
        this.records = records;
        this.members = members;
        this.faults = faults;
        this.events = events;
        this.sources = List.copyOf(sources);
        this.transactions = transactions;
        this.clock = clock;
    }

    /** What the runs of a reader come to. */
    private record Runs(
            List<WaitingItem> waiting, List<Overview.Running> running, int runningTotal, List<LatestEvent> latest) {}

    /** Returns the overview of what a reader may see. */
    Overview read(RunPatterns readers) {
        Instant now = clock.instant();
        Runs ofRuns = transactions.read(() -> runs(readers, now));
        // Outside of the transaction, since a source may ask another server.
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
        List<WaitingItem> waiting = all.stream()
                .map(run -> new RunWaiting(
                        run, needed(run), present.getOrDefault(run.id(), 0), leftOut.getOrDefault(run.id(), 0)))
                .flatMap(run -> run.items(now).stream())
                .toList();
        return new Runs(waiting, running(shown, present, now), running.size(), latest(readers));
    }

    private List<Run> newest(Set<RunState> states, RunPatterns readers) {
        return runs.findAll(
                        RunRepository.matching("", states, readers),
                        PageRequest.of(0, MAX_RUNS, RunRepository.NEWEST_FIRST))
                .getContent();
    }

    /** Returns how many messages the open round needs, or the first one of a run that has not started. */
    private int needed(Run run) {
        RoundRules open = run.state().hasOpenRound() ? rules.open(run) : rules.next(run);
        return open.minParticipants();
    }

    private List<Overview.Running> running(List<Run> shown, Map<Long, Integer> present, Instant now) {
        Map<Long, Set<Integer>> wanted = new HashMap<>();
        shown.forEach(run ->
                wanted.put(run.id(), new HashSet<>(List.of(run.round() - 1, run.round() - 1 - RunPace.WINDOW))));
        Map<Long, NavigableMap<Integer, RoundRecords.Sample>> samples = new HashMap<>();
        records.samples(wanted)
                .forEach(sample -> samples.computeIfAbsent(sample.run(), key -> new TreeMap<>())
                        .put(sample.round(), sample));
        return shown.stream()
                .map(run -> running(
                        run, present.getOrDefault(run.id(), 0), samples.getOrDefault(run.id(), new TreeMap<>()), now))
                .toList();
    }

    private Overview.Running running(
            Run run, int present, NavigableMap<Integer, RoundRecords.Sample> samples, Instant now) {
        int rounds = rules.next(run).rounds();
        RoundRecords.Sample last = samples.get(run.round() - 1);
        RunPace pace = last == null ? null : pace(run, samples, last);
        boolean stalled = run.stall(now).isPresent();
        return new Overview.Running(
                run.name(),
                run.round(),
                rounds,
                run.current().accepted(),
                needed(run),
                present,
                last == null ? null : last.loss(),
                stalled,
                pace == null ? null : (Double) (pace.round(now).toMillis() / 1000.0),
                pace == null || stalled ? null : pace.end(now, rounds - run.round()));
    }

    private static @Nullable RunPace pace(
            Run run, NavigableMap<Integer, RoundRecords.Sample> samples, RoundRecords.Sample last) {
        RoundRecords.Sample first = samples.get(run.round() - 1 - RunPace.WINDOW);
        Instant from = first == null ? run.startedAt() : first.closedAt();
        int rounds = first == null ? run.round() : RunPace.WINDOW;
        return from == null ? null : new RunPace(from, rounds, last.closedAt());
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
