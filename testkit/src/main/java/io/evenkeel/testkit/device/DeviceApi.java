package io.evenkeel.testkit.device;

import io.evenkeel.client.Receipt;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Calls the coordinator's HTTP API for devices with the credentials of one device. Waits and retries for up to a minute
 * while the coordinator refuses with a Retry-After header. Thread-safe.
 */
public final class DeviceApi {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final String MESSAGE = "application/vnd.evenkeel.message";
    private static final String NOT_A_MEMBER = "member-not-found";

    private final CoordinatorClient client;
    private final String run;

    /**
     * @param coordinator its address without {@code /api}
     * @param device the device whose credentials to use
     * @param run the name of the run
     */
    public DeviceApi(URI coordinator, SavedDevice device, String run) {
        this.client = new CoordinatorClient(coordinator, device::secret);
        this.run = run;
    }

    /**
     * The coordinator's view of a member's chain.
     *
     * @param sequence the number of accepted messages
     * @param head the digest of the last one, 0 if there is none
     */
    public record Chain(long sequence, long head) {}

    /** Returns the device's chain; empty if the device is not a member. */
    public Optional<Chain> chain() {
        try {
            JsonNode member = retrying(() -> client.get(ApiPath.of("runs", run, "members", "me")));
            return Optional.of(new Chain(
                    member.path("sequence").asLong(),
                    Digest.parseHex(member.path("head").asString())));
        } catch (OperatorException e) {
            if (e.problem().equals(NOT_A_MEMBER)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns the coordinator's g_i of the device, {@code dimension} values. */
    public double[] state(int dimension) {
        byte[] frame = retrying(() -> client.download(ApiPath.of("runs", run, "members", "me", "state")));
        return FrameCodec.decode(frame, FrameLimits.of(dimension)).toDense();
    }

    /** Returns x and S of a round. */
    public Replica replica(int round, int dimension) {
        byte[] bytes =
                retrying(() -> client.download(ApiPath.of("runs", run, "rounds", Integer.toString(round), "replica")));
        return Replica.decode(bytes, 0, bytes.length, dimension);
    }

    public Receipt send(int round, byte[] message) {
        ApiPath path = ApiPath.of("runs", run, "rounds", Integer.toString(round), "messages", "me");
        return receipt(retrying(() -> client.upload("PUT", path, MESSAGE, message)));
    }

    /** Returns the receipt of the device's message in a cohort's sum; empty if the sum does not include it. */
    public Optional<Receipt> outcome(int round) {
        ApiPath path = ApiPath.of("runs", run, "rounds", Integer.toString(round), "attempts", "0", "outcome", "me");
        JsonNode outcome = retrying(() -> client.get(path));
        return outcome.path("included").asBoolean() ? Optional.of(receipt(outcome.path("receipt"))) : Optional.empty();
    }

    private static Receipt receipt(JsonNode receipt) {
        return new Receipt(
                receipt.path("run").asString(),
                receipt.path("client").asString(),
                receipt.path("round").asInt(),
                receipt.path("includedIn").asInt(),
                receipt.path("sequence").asLong(),
                Digest.parseHex(receipt.path("digest").asString()),
                Digest.parseHex(receipt.path("head").asString()),
                null);
    }

    private static <T> T retrying(Supplier<T> request) {
        long begin = System.nanoTime();
        while (true) {
            try {
                return request.get();
            } catch (OperatorException e) {
                boolean late = System.nanoTime() - begin > TIMEOUT.toNanos();
                if (e.retryAfter().isZero() || late) {
                    throw e;
                }
                LockSupport.parkNanos(e.retryAfter().toNanos());
            }
        }
    }
}
