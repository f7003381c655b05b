package io.evenkeel.coordinator.relay;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.client.Transport;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.relay.ModelMirror.Alias;
import io.evenkeel.engine.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Delivers registered models, roll-outs and evaluations of the upstream coordinator to the devices of this site, with
 * the credentials that {@link Relay} obtained by enrolling. Continues after the upstream run is over.
 *
 * <p>Runs on its own thread, which is never interrupted: H2 closes its file if a thread is interrupted during a write.
 */
@Component
class RelayedModels implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RelayedModels.class);

    private static final long STOP_MILLIS = 20_000;
    private static final String EVALUATIONS = "evaluations";
    private static final String CREDENTIALS = "credentials";

    private final RelaySettings settings;
    private final Path folder;
    private final RelayLink link;
    private final ModelMirror mirror;
    private final EvaluationMirror evaluations;
    private final FailureLog failures;
    private final JsonMapper json;
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private volatile CountDownLatch stopping = new CountDownLatch(0);
    private @Nullable Transport transport;
    private @Nullable Thread thread;

    RelayedModels(
            RelaySettings settings,
            @Value("${evenkeel.data:./data}") Path data,
            RelayLink link,
            ModelMirror mirror,
            EvaluationMirror evaluations,
            FailureLog failures,
            JsonMapper json) {
        this.settings = settings;
        this.folder = settings.folderIn(data);
        this.link = link;
        this.mirror = mirror;
        this.evaluations = evaluations;
        this.failures = failures;
        this.json = json;
    }

    /** Returns the state of each mirrored alias. */
    List<RelayTree.Mirrored> states() {
        return settings.models().stream().map(this::state).toList();
    }

    private RelayTree.Mirrored state(String text) {
        return mirror.state(Alias.parse(text), problems.getOrDefault(text, problems.get(EVALUATIONS)));
    }

    @Override
    public boolean isAutoStartup() {
        return !settings.models().isEmpty();
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        stopping = new CountDownLatch(1);
        Transport current = new MeteredTransport(link);
        transport = current;
        thread = new Thread(() -> work(current), "relay-models");
        thread.start();
    }

    @Override
    public synchronized void stop() {
        stopping.countDown();
        try {
            if (transport != null) {
                transport.abort();
            }
            if (thread != null) {
                thread.join(STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (transport != null) {
                transport.close();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return stopping.getCount() > 0;
    }

    /** Starts together with {@link Relay}. */
    @Override
    public int getPhase() {
        return 1;
    }

    private void work(Transport current) {
        try {
            do {
                for (String alias : settings.models()) {
                    take(alias, current, above -> mirror.follow(Alias.parse(alias), above, downloads()));
                }
                take(EVALUATIONS, current, above -> evaluations.follow(above, downloads()));
            } while (!stopping.await(settings.askEvery().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.info("No longer follows models of the coordinator above");
        }
    }

    private Path downloads() {
        return folder.resolve("models");
    }

    /** The requests that bring this site up to date. */
    @FunctionalInterface
    private interface Steps {
        void take(UpstreamRequests above) throws IOException, InterruptedException;
    }

    private void take(String what, Transport current, Steps steps) throws InterruptedException {
        Path credentials = folder.resolve(CREDENTIALS);
        if (!isRunning() || !Files.exists(credentials)) {
            return;
        }
        try {
            steps.take(above(credentials, current));
            problems.remove(what);
        } catch (IOException | RuntimeException e) {
            if (isRunning()) {
                refused(what, e);
            }
        }
    }

    private UpstreamRequests above(Path credentials, Transport current) throws IOException {
        byte[] saved = Files.readAllBytes(credentials);
        MemoryStateStore store = new MemoryStateStore();
        store.write(CREDENTIALS, out -> out.write(saved));
        return new UpstreamRequests(
                Objects.requireNonNull(settings.upstream()).toString(),
                SavedDevice.in(store).secret(),
                current,
                json);
    }

    /** Records the reason why an alias or evaluations cannot be mirrored now, and logs it if it is new. */
    private void refused(String what, Exception reason) {
        String text = text(reason);
        if (!text.equals(problems.put(what, text))) {
            LOG.warn("Does not follow {} of the coordinator above; trying again: {}", what, text);
        }
    }

    private String text(Exception reason) {
        if (reason instanceof ProblemException problem) {
            return problem.detail() + "; " + problem.action();
        }
        if (!(reason instanceof EvenkeelException || reason instanceof IOException)) {
            failures.warn("A mirrored model could not be updated; trying again", reason);
        }
        return Objects.requireNonNullElse(reason.getMessage(), reason.toString());
    }
}
