package io.evenkeel.coordinator.web;

import jakarta.servlet.AsyncContext;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.threads.TaskQueue;
import org.apache.tomcat.util.threads.TaskThreadFactory;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose answers, if they were waited for, are written on threads of their own.
 *
 * <p>In Tomcat's one queue an answer stands behind all requests that have come meanwhile. Its request keeps its buffers for so long,
 * and while thousands of devices send at once, requests that only have to be answered would fill the heap.
 */
final class AnsweringEndpoint extends NioEndpoint {

    private static final int LEAST_THREADS = 2;
    private static final int IDLE_SECONDS = 60;
    private static final ThreadLocal<Boolean> ANSWERING = ThreadLocal.withInitial(() -> false);

    private volatile @Nullable ThreadPoolExecutor answers;

    /** Has the container bring back a request whose answer is there. */
    static void bringBack(AsyncContext waiting) {
        ANSWERING.set(true);
        try {
            waiting.dispatch();
        } finally {
            ANSWERING.set(false);
        }
    }

    @Override
    public void createExecutor() {
        super.createExecutor();
        // As many as there may be for requests: with its answer, a thread also takes what its connection has sent
        // meanwhile.
        TaskQueue queue = new TaskQueue();
        ThreadPoolExecutor created = new ThreadPoolExecutor(
                LEAST_THREADS,
                getMaxThreads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                new TaskThreadFactory(getName() + "-answer-", getDaemon(), getThreadPriority()));
        queue.setParent(created);
        answers = created;
    }

    @Override
    public @Nullable Executor getExecutor() {
        Executor forAnswers = answers;
        return forAnswers != null && ANSWERING.get() ? forAnswers : super.getExecutor();
    }

    @Override
    public void shutdownExecutor() {
        super.shutdownExecutor();
        ThreadPoolExecutor stopping = answers;
        answers = null;
        if (stopping != null) {
            stopping.shutdownNow();
        }
    }
}
