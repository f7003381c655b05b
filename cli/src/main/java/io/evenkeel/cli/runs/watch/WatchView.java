package io.evenkeel.cli.runs.watch;

import java.util.List;

/** Shows a watched run. */
interface WatchView extends AutoCloseable {

    /** Returns whether the view shows the open round with its missing members. */
    boolean showsOpenRound();

    /** Shows the status of the run and the events since the last call. */
    void show(RunPoller.Snapshot snapshot, RunEvents events, List<RunEvents.Event> fresh);

    /** Shows that the coordinator does not respond; watching continues. */
    void unreachable(RunEvents events, RunEvents.Event event);

    @Override
    void close();
}
