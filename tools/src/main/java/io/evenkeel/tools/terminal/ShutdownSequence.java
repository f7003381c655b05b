package io.evenkeel.tools.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs tasks when this JVM shuts down, such as on Ctrl-C, and kills child processes afterwards, so that tasks can still
 * use them. Thread-safe.
 */
public final class ShutdownSequence {

    private static final List<Runnable> TASKS = new ArrayList<>();
    private static final List<Process> CHILDREN = new ArrayList<>();
    private static boolean begun;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ShutdownSequence::run, "shutdown-sequence"));
    }

    private ShutdownSequence() {}

    public static synchronized void add(Runnable task) {
        TASKS.add(task);
    }

    /** Removes a task. Returns false if the sequence has already started. */
    public static synchronized boolean remove(Runnable task) {
        return !begun && TASKS.remove(task);
    }

    /** Registers a child process to be killed at the end, unless it has already ended. */
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
