package io.evenkeel.operator.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * What happens when this JVM is told to end, by Ctrl-C for instance: first the tasks, one after the other, then child processes are
 * killed. Tasks can therefore still use the children. Thread-safe.
 */
public final class ShutdownSequence {

    private static final List<Runnable> TASKS = new ArrayList<>();
    private static final List<Process> CHILDREN = new ArrayList<>();
    private static boolean begun;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ShutdownSequence::run, "shutdown-sequence"));
    }

    private ShutdownSequence() {}

    /** Adds a task, until it is removed. */
    public static synchronized void add(Runnable task) {
        TASKS.add(task);
    }

    /** Removes a task. Returns whether that was in time: false once the sequence has begun. */
    public static synchronized boolean remove(Runnable task) {
        return !begun && TASKS.remove(task);
    }

    /** Kills a process at the end of this one, unless it has ended before. */
    public static void killLast(Process child) {
        synchronized (ShutdownSequence.class) {
            CHILDREN.add(child);
        }
        var unused = child.onExit().thenAccept(ShutdownSequence::forget);
    }

    private static synchronized void forget(Process child) {
        CHILDREN.remove(child);
    }

    private static void run() {
        List<Runnable> tasks;
        synchronized (ShutdownSequence.class) {
            begun = true;
            tasks = List.copyOf(TASKS);
        }
        tasks.forEach(Runnable::run);
        synchronized (ShutdownSequence.class) {
            CHILDREN.forEach(Process::destroyForcibly);
        }
    }
}
