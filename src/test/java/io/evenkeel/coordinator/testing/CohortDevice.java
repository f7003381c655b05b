package io.evenkeel.coordinator.testing;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A device in a run with secure aggregation, built on the core module and plain HTTP. */
public final class CohortDevice {

    public static final String FRAME = "application/vnd.evenkeel.secagg";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final TestDevice device;
    private final String run;
    private final DeviceIdentity identity;
    private final CohortMessages messages;
    private int ordinal = -1;

    private int round;
    private int attempt;
    private CohortBasis basis = new CohortBasis(new byte[CohortBasis.BYTES]);
    private @Nullable SecAggDevice secrets;
    private byte[] keys = {};
    private byte[] shares = {};
    private byte[] masked = {};
    private byte[] reveal = {};

    public CohortDevice(
            TestDevice device,
            String run,
            int dimension,
            DeviceIdentity identity,
            VectorWords coding,
            String compressor,
            int rebaseEvery) {
        this.device = device;
        this.run = run;
        this.identity = identity;
        this.messages = new CohortMessages(dimension, coding, compressor, rebaseEvery);
    }

    /** Limits the norm of the device's messages and adds noise to its words. */
    public CohortDevice withNoise(CohortNoise shares, NoiseSource from) {
        messages.addNoise(shares, from);
        return this;
    }

    public TestDevice plain() {
        return device;
    }

    public int ordinal() {
        if (ordinal < 0) {
            ordinal = device.membership().number("ordinal");
        }
        return ordinal;
    }

    /** Resets the state, as if the device had left. */
    public void startAnew() {
        messages.startAnew();
        ordinal = -1;
    }

    /** Returns g_i without copying it. */
    public double[] memory() {
        return messages.memory();
    }

    /** Returns the message's content, which is never sent. */
    public CompressedVector delta() {
        return messages.delta();
    }

    /** Returns the words before they are masked. */
    public int[] words() {
        return messages.words();
    }

    public DeviceIdentity identity() {
        return identity;
    }

    public long sequence() {
        return messages.sequence();
    }

    public long head() {
        return messages.head();
    }

    /** Computes the message for a round; it stays the same in all attempts. */
    public CohortDevice stage(int of, double[] gradient, OptionalDouble loss) {
        basis = DeviceBasis.of(device, run, of, UnaryOperator.identity());
        return stageWithoutModel(of, gradient, loss);
    }

    /** Computes a message for a round whose model the device does not have. */
    public CohortDevice stageWithoutModel(int of, double[] gradient, OptionalDouble loss) {
        round = of;
        messages.stage(of, gradient, loss);
        return this;
    }

    /** Makes the device sign its keys for another model or plan. */
    public CohortDevice withBasis(CohortBasis other) {
        basis = other;
        return this;
    }

    /** Returns the digest of the model and the plan that the message is computed from. */
    public CohortBasis basis() {
        return basis;
    }

    /** Begins an attempt with new secrets. */
    public CohortDevice begin(int number) {
        attempt = number;
        CohortContext context = new CohortContext(run, round, attempt, basis);
        SecAggDevice drawn = new SecAggDevice(context, ordinal(), RANDOM);
        secrets = drawn;
        shares = new byte[0];
        masked = new byte[0];
        keys = SecAggFrames.encode(identity.sign(drawn.advertisement(), context));
        return this;
    }

    public Reply putKeys() {
        return put("keys", keys);
    }

    public Reply getKeys() {
        return get("keys");
    }

    /** Computes the shares of the secrets for the other members. */
    public void prepareShares() {
        CohortKeys told = SecAggFrames.decodeCohort(getKeys().body());
        try {
            shares = SecAggFrames.encodeSent(secrets().share(told.neighboursOf(ordinal()), told.threshold()));
        } catch (SecAggException e) {
            throw new AssertionError(e);
        }
    }

    /** Computes the shares of the secrets for the other members, and sends them. */
    public Reply putShares() {
        prepareShares();
        return put("shares", shares);
    }

    /** Sends the same shares again, or new ones if none were sent. */
    public Reply putSharesAgain() {
        return shares.length == 0 ? putShares() : put("shares", shares);
    }

    public Reply getShares() {
        return get("shares");
    }

    /** Masks the words. */
    public void prepareMasked() {
        List<EncryptedShares> received = SecAggFrames.decodeReceived(getShares().body(), ordinal());
        int[] mask = messages.words();
        try {
            secrets().mask(mask, received);
        } catch (SecAggException e) {
            throw new AssertionError(e);
        }
        masked = SecAggFrames.encode(
                new MaskedVector(messages.sequence() + 1, messages.head(), messages.digest(), mask));
    }

    /** Masks the words and sends them. */
    public Reply putMasked() {
        prepareMasked();
        return put("masked", masked);
    }

    /** Sends the same masked vector again, or a new one if none was sent. */
    public Reply putMaskedAgain() {
        return masked.length == 0 ? putMasked() : put("masked", masked);
    }

    public Reply getIncluded() {
        return get("included");
    }

    /** Computes the shares to reveal, for {@link #putReveal}. */
    public void prepareReveal() {
        prepareReveal(getIncluded());
    }

    /** Computes the shares to reveal for the members in a response. */
    public void prepareReveal(Reply included) {
        reveal = SecAggFrames.encode(reveal(included));
    }

    /** Computes the shares to reveal. */
    public Reveal reveal() {
        return reveal(getIncluded());
    }

    private Reveal reveal(Reply response) {
        SortedSet<Integer> included = SecAggFrames.decodeIncluded(response.body());
        try {
            return secrets().reveal(included);
        } catch (SecAggException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a changed copy of the prepared shares. */
    public Reply putReveal(UnaryOperator<Reveal> change) {
        return put("reveals", SecAggFrames.encode(change.apply(SecAggFrames.decodeReveal(reveal, ordinal()))));
    }

    public Reply putReveal() {
        return put("reveals", reveal);
    }

    public byte[] keysFrame() {
        return keys;
    }

    public byte[] sharesFrame() {
        return shares;
    }

    public byte[] maskedFrame() {
        return masked;
    }

    public byte[] revealFrame() {
        return reveal;
    }

    public Reply outcome() {
        return get("outcome");
    }

    /** Applies the staged message to the state if it is in the sum. */
    public boolean settle() {
        Reply outcome = outcome();
        if (outcome.status() != 200) {
            throw new AssertionError(outcome.toString());
        }
        boolean included = Boolean.TRUE.equals(outcome.json().get("included"));
        if (included) {
            messages.commit();
        }
        return included;
    }

    public CompletableFuture<Reply> later(String step) {
        return device.http().later(path(step) + "?wait=60s");
    }

    public Reply get(String step) {
        return device.http().get(path(step));
    }

    public Reply put(String step, byte[] frame) {
        return device.http().put(path(step), FRAME, frame);
    }

    public String path(String step) {
        return "/runs/" + run + "/rounds/" + round + "/attempts/" + attempt + "/" + step + "/me";
    }

    private SecAggDevice secrets() {
        return Objects.requireNonNull(secrets);
    }
}
