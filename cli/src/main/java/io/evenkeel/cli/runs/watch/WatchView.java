package io.evenkeel.cli.runs.watch;

import java.util.List;

/** Where a watched run is shown. */
interface WatchView extends AutoCloseable {

    /** Tells whether the view shows the open round, with the members that are missing. */
    boolean showsOpenRound();

    /** Shows where the run stands, and what has happened since the last time. */
    void show(RunPoller.Snapshot snapshot, RunEvents events, List<RunEvents.Event> fresh);

    /** Shows that the coordinator does not answer; the watch goes on. */
    void unreachable(RunEvents events, RunEvents.Event event);

    @Override
    void close();
}
