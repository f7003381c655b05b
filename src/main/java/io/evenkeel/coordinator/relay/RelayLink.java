package io.evenkeel.coordinator.relay;

import io.evenkeel.client.DivergedException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.engine.problem.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The state of this coordinator's link to the upstream coordinator: the time of the last response, the last refusal,
 * the upstream round, and all coordinators further upstream. Thread-safe.
 */
@Component
class RelayLink {

    private static final Logger LOG = LoggerFactory.getLogger(RelayLink.class);

    private static final int MAX_LEVELS = 32;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final RelaySettings settings;
    private final Clock clock;
    private final FailureLog failures;
    private final Supplier<String> installation;
    private List<String> above = List.of();
    private long sent;
    private long received;
    private @Nullable Instant lastContact;
    private @Nullable String refusal;
    private @Nullable String fault;
    private @Nullable String logged;
    private int round = -1;
    private int answered = -1;
    private boolean ended;

    RelayLink(RelaySettings settings, Clock clock, FailureLog failures, Supplier<String> installation) {
        this.settings = settings;
        this.clock = clock;
        this.failures = failures;
        this.installation = installation;
    }

    /**
     * A snapshot of the link.
     *
     * @param connected whether the relay takes part in the upstream run, or did until its end
     * @param problem why the relay does not take part; null if there is no problem
     * @param round the newest upstream round that the relay received; -1 before the first
     * @param lag the number of rounds by which the relay is behind; 0 if it has answered the newest one
     * @param lastContact the time of the last response from the upstream coordinator
     * @param sent the number of bytes of request bodies sent upstream
     * @param received the number of bytes of response bodies received
     */
    record Snapshot(
            boolean connected,
            @Nullable String problem,
            int round,
            int lag,
            @Nullable Instant lastContact,
            long sent,
            long received) {}

    synchronized Snapshot snapshot() {
        boolean connected = ended || (refusal == null && fault == null && lastContact != null);
        return new Snapshot(
                connected, refusal == null ? fault : refusal, round, round - answered, lastContact, sent, received);
    }

    /** Returns the ids of this coordinator and of its upstream coordinators, up to the root. */
    synchronized String path() {
        List<String> path = new ArrayList<>(List.of(installation.get()));
        path.addAll(above);
        return String.join(",", path);
    }

    /** Continues the byte counts of an earlier process. */
    synchronized void countFrom(long sentBefore, long receivedBefore) {
        sent = sentBefore;
        received = receivedBefore;
    }

    synchronized void sent(int bytes) {
        sent += bytes;
    }

    /**
     * Records a response from the upstream coordinator.
     *
     * @throws EvenkeelException if the coordinator there is a relay of this one, directly or indirectly
     */
    synchronized void received(Response response) {
        received += response.body().length;
        lastContact = clock.instant();
        fault = null;
        List<String> path =
                response.header(RelayPathHeader.NAME).map(this::path).orElse(above);
        if (path.contains(installation.get())) {
            throw new EvenkeelException("the coordinator at " + settings.upstream()
                    + " is itself, directly or through others, a relay of this one, so no run would ever start: set"
                    + " evenkeel.relay.upstream of one of them to a coordinator that is not below it; if one's"
                    + " database is a copy of the other's, let one of them begin with an empty database");
        }
        above = path;
    }

    /** Parses the ids of the upstream coordinators, which relays below get too. */
    private List<String> path(String header) {
        List<String> ids = List.of(header.split(",", MAX_LEVELS + 1));
        if (ids.size() > MAX_LEVELS
                || !ids.stream().allMatch(one -> ID.matcher(one).matches())) {
            throw new EvenkeelException("the coordinator at " + settings.upstream() + " names no path of relays in "
                    + RelayPathHeader.NAME + ", which has at most " + MAX_LEVELS
                    + " ids: set evenkeel.relay.upstream to the address of a coordinator, and check which"
                    + " server responds there");
        }
        return ids;
    }

    /** Records that a request has failed and will be retried. */
    synchronized void failed(String what) {
        fault = what;
    }

    /** Records the reason why the relay cannot take part now, and logs it if it is new. */
    synchronized void refused(RuntimeException reason) {
        refusal = text(reason);
        if (!refusal.equals(logged)) {
            LOG.warn(
                    "Does not take part in run '{}' at {}; trying again: {}",
                    settings.run(),
                    settings.upstream(),
                    refusal);
        }
        logged = refusal;
    }

    private String text(RuntimeException reason) {
        if (reason instanceof ProblemException problem) {
            return problem.detail() + "; " + problem.action();
        }
        if (reason instanceof DivergedException) {
            return "the relay's folder has different messages than " + settings.upstream()
                    + " has accepted, for instance after a backup was restored: if no second relay uses its"
                    + " credentials, stop this one, leave only the file credentials in its folder, and start it again";
        }
        if (!(reason instanceof EvenkeelException || reason instanceof FollowingRun.MismatchException)) {
            failures.warn("The relay has failed; trying again", reason);
        }
        return Objects.requireNonNullElse(reason.getMessage(), reason.toString());
    }

    /** Records that the relay is a member of the upstream run. */
    synchronized void joined() {
        refusal = null;
    }

    /** Records that the relay received a round. After a restart, its lag counts from this round on. */
    synchronized void given(int number) {
        answered = round < 0 ? number - 1 : answered;
        round = number;
    }

    /** Records that the relay's answer to a round was accepted. */
    synchronized void answered(int number) {
        answered = Math.max(answered, number);
        round = Math.max(round, answered);
        logged = null;
    }

    /** Records that the upstream run is over. */
    synchronized void ended() {
        ended = true;
        answered = round;
    }
}
