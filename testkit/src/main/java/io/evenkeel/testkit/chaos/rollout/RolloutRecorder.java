package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.testkit.chaos.proxy.HttpText;
import io.evenkeel.testkit.chaos.proxy.Monitor;
import io.evenkeel.testkit.chaos.proxy.TrafficListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records the requests, reports and answers of devices that follow an alias, whether or not an answer reaches the
 * device. Also lets kills wait for their events. Thread-safe.
 */
final class RolloutRecorder implements TrafficListener {

    private static final Pattern REPORT = Pattern.compile("PUT /api/v1/rollouts/([^/ ]+)/reports/me .*");
    private static final Pattern VERSION = Pattern.compile("GET /api/v1/models/[^/ ]+/versions/[^/ ]+ .*");

    private final JsonMapper json = new JsonMapper();
    private final Monitor monitor = new Monitor();
    private final Map<HttpText, RolloutExchange> asked = new LinkedHashMap<>();
    private final List<RolloutExchange> answered = new ArrayList<>();
    private final Set<HttpText> served = new HashSet<>();
    private int reportsSent;
    private int reportsAccepted;
    private int commands;
    private int commandsBefore;
    private int rollout = -1;
    private boolean underWay;

    @Override
    public void arrived(HttpText request) {
        RolloutExchange exchange = exchange(request);
        if (exchange != null) {
            monitor.change(() -> asked.put(request, exchange));
        }
    }

    private @Nullable RolloutExchange exchange(HttpText request) {
        String device = request.header("authorization");
        Matcher report = REPORT.matcher(request.firstLine());
        if (report.matches()) {
            String outcome = json.readTree(request.body()).path("outcome").asString();
            return new RolloutExchange(device, report.group(1), outcome, Instant.now(), null, 0, 0);
        }
        return VERSION.matcher(request.firstLine()).matches()
                ? new RolloutExchange(device, "", "", Instant.now(), null, 0, 0)
                : null;
    }

    @Override
    public void sent(HttpText request, int port) {
        if (REPORT.matcher(request.firstLine()).matches()) {
            monitor.change(() -> reportsSent++);
        }
    }

    @Override
    public void answered(HttpText request, HttpText answer) {
        Instant now = Instant.now();
        String version = answer.header("evenkeel-model-version");
        monitor.change(() -> {
            RolloutExchange open = asked.get(request);
            if (open == null) {
                return;
            }
            RolloutExchange done = new RolloutExchange(
                    open.device(),
                    open.isReport() ? open.rollout() : answer.header("evenkeel-rollout"),
                    open.outcome(),
                    open.from(),
                    now,
                    answer.status(),
                    version.isEmpty() ? 0 : Integer.parseInt(version));
            answered.add(done);
            served.add(request);
            if (done.isReport() && done.isAccepted()) {
                reportsAccepted++;
            }
        });
    }

    /** Records that a roll-out is about to start. */
    void begin(int number) {
        monitor.change(() -> {
            rollout = number;
            commandsBefore = commands;
            underWay = true;
        });
    }

    /** Records that the operator is about to send a command. */
    void command() {
        monitor.change(() -> commands++);
    }

    /** Records that the current roll-out is over, so that no kill waits for its reports. */
    void ended() {
        monitor.change(() -> underWay = false);
    }

    /** Records that there will be no further roll-out. */
    void close() {
        monitor.end();
    }

    /** Waits until a roll-out starts; returns false if it never does. */
    boolean awaitRollout(int number) throws InterruptedException {
        return monitor.await(() -> rollout >= number, Duration.ofHours(1));
    }

    /** Waits until the next report is sent, or the roll-out is over. */
    void awaitReportSent(Duration longest) throws InterruptedException {
        int before = monitor.read(() -> reportsSent);
        monitor.await(() -> reportsSent > before || !underWay, longest);
    }

    /** Waits until the next report is accepted, or the roll-out is over. */
    void awaitReportAccepted(Duration longest) throws InterruptedException {
        int before = monitor.read(() -> reportsAccepted);
        monitor.await(() -> reportsAccepted > before || !underWay, longest);
    }

    /** Waits until an operator has sent the first command of the current roll-out. */
    void awaitCommand(Duration longest) throws InterruptedException {
        monitor.await(() -> commands > commandsBefore || !underWay, longest);
    }

    /** Returns all answers, followed by the unanswered requests. */
    List<RolloutExchange> exchanges() {
        return monitor.read(() -> {
            List<RolloutExchange> all = new ArrayList<>(answered);
            asked.forEach((request, open) -> {
                if (!served.contains(request)) {
                    all.add(open);
                }
            });
            return all;
        });
    }
}
