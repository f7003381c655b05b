package io.evenkeel.client;

import static io.evenkeel.client.TestResponses.bytes;
import static io.evenkeel.client.TestResponses.json;
import static io.evenkeel.client.TestResponses.problem;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.secagg.RebaseSchedule;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Implements the coordinator's half of secure aggregation and the device's neighbours in memory. Each step ends as soon
 * as the device has taken it. A test can end an attempt at a step, and change the responses to the device.
 */
final class TestCohort {

    /** The number of polls of an outcome after which the device's cohort is abandoned. */
    private static final int MAX_POLLS = 3;

    /** The number of attempts after which a round closes if the device takes no part. */
    private static final int MANY = 15;

    static final OwnerKey OWNER = OwnerKey.generate();
    static final DeviceIdentity IDENTITY = OWNER.issue();

    static final int EXPONENT = -20;

    final int size;
    final RebaseSchedule rebase;
    final Map<String, Object> plan = new TreeMap<>();
    final List<DeviceIdentity> identities = new ArrayList<>();

    /** The steps at which the next attempts end, before the device takes them. */
    final Deque<String> endsAt = new ArrayDeque<>();

    /** The accepted requests of the device, such as {@code 3/0/reveals}. */
    final List<String> taken = new ArrayList<>();

    /** The device's words in the sums, without its mask. */
    final List<int[]> unmasked = new ArrayList<>();

    /**
     * The device's words in the sums of attempts that were reported to it as failed although its neighbours revealed.
     */
    final List<int[]> stolen = new ArrayList<>();

    /** The losses that the device's words contained. */
    final List<OptionalDouble> losses = new ArrayList<>();

    UnaryOperator<CohortKeys> keys = UnaryOperator.identity();
    UnaryOperator<List<EncryptedShares>> shares = UnaryOperator.identity();
    UnaryOperator<Set<Integer>> included = UnaryOperator.identity();
    UnaryOperator<byte[]> frames = UnaryOperator.identity();
    UnaryOperator<Map<String, Object>> outcome = UnaryOperator.identity();

    /** Whether keys for a model or plan that differs from the coordinator's are refused. */
    boolean checksBasis = true;

    /** Whether steps never end. */
    boolean stalls;

    /** The number of the open round's newest attempt. */
    int attempt;

    private final VectorWords words;
    private @Nullable TestAttempt current;
    private int polls;
    private int roundOfAttempt;

    TestCohort(int size, int rebaseEvery) {
        this.size = size;
        this.rebase = new RebaseSchedule(rebaseEvery);
        this.words = new VectorWords(EXPONENT, 2 * size);
        for (int i = 1; i < size; i++) {
            identities.add(OWNER.issue());
        }
        plan.put("owners", List.of(Base64.getEncoder().encodeToString(OWNER.publicKey())));
        plan.put("dropout", 0.1);
        plan.put("collusion", 0.05);
        plan.put("rebaseEvery", rebaseEvery);
        plan.put("exponent", EXPONENT);
        plan.put("minMembers", size);
        plan.put("maxMembers", 2 * size);
    }

    /** Answers a request for a step. */
    Response answer(TestCoordinator run, Request request, TestMember member, int round, int number, String step) {
        if (round > run.round) {
            return problem(409, "round-not-open", "round " + run.round + " is open");
        }
        if (roundOfAttempt != run.round) {
            roundOfAttempt = run.round;
            attempt = 0;
            current = null;
        }
        if (step.equals("outcome")) {
            return outcome(run, member, round);
        }
        if (round < run.round || number != attempt || run.round == run.rounds) {
            return problem(409, "attempt-closed", "round " + run.round + ", attempt " + attempt + " is open");
        }
        if (step.equals(endsAt.peek())) {
            endsAt.pop();
            // Members that revealed take part in no other attempt, so the round has no sum.
            if (step.equals("reveals")) {
                run.close();
            } else {
                steal();
                nextAttempt();
            }
            return problem(409, "attempt-closed", "the attempt failed");
        }
        if (stalls && request.method().equals("GET")) {
            return new Response(204, Map.of("Retry-After", List.of("1")), new byte[0]);
        }
        try {
            return request.method().equals("PUT")
                    ? take(run, member, step, Objects.requireNonNull(request.body()))
                    : tell(member, step);
        } catch (SecAggException | WireException e) {
            return problem(422, "invalid", e.toString());
        }
    }

    private void steal() {
        TestAttempt mine = current;
        if (mine != null && mine.sent.containsKey("masked")) {
            try {
                mine.reveal(List.of());
            } catch (SecAggException e) {
                throw new IllegalStateException(e);
            }
            stolen.add(mine.devicesWords());
        }
    }

    private void nextAttempt() {
        attempt++;
        current = null;
        polls = 0;
    }

    private Response take(TestCoordinator run, TestMember member, String step, byte[] frame) throws SecAggException {
        CohortContext context = new CohortContext(TestCoordinator.RUN, run.round, attempt, TestBasis.of(run));
        String label = run.round + "/" + attempt + "/" + step;
        TestAttempt mine = current;
        if (step.equals("keys") && mine == null) {
            SignedAdvertisement keys = SecAggFrames.decodeKeys(frame);
            if (keys.basis().equals(context.basis())) {
                keys.verify(context, List.of(OWNER.publicKey()));
            } else if (checksBasis) {
                return problem(409, "other-model", "the keys are for " + keys.basis());
            }
            current = new TestAttempt(context, keys, frame, identities, threshold());
        } else if (mine == null) {
            return problem(409, "attempt-closed", "this device has sent no keys");
        } else if (mine.sent.containsKey(step)) {
            return Arrays.equals(mine.sent.get(step), frame)
                    ? new Response(204, Map.of(), new byte[0])
                    : problem(409, "conflict", "other " + step + " were sent before");
        } else {
            switch (step) {
                case "shares" -> mine.share(SecAggFrames.decodeSent(frame, member.ordinal));
                case "masked" -> {
                    MaskedVector vector =
                            SecAggFrames.decodeMasked(frame, TestCoordinator.LAYOUT.dimension() + VectorWords.EXTRA);
                    if (vector.sequence() != member.sequence + 1 || vector.previous() != member.head) {
                        return problem(409, "state-diverged", "the chain stands at " + member.sequence);
                    }
                    mine.mask(vector);
                }
                case "reveals" -> {
                    mine.reveal(List.of(SecAggFrames.decodeReveal(frame, member.ordinal)));
                    accept(run, member, mine);
                }
                default -> throw new IllegalArgumentException(step);
            }
            mine.sent.put(step, frame);
        }
        taken.add(label);
        polls = 0;
        return new Response(204, Map.of(), new byte[0]);
    }

    /** Returns the keys that the device sent in the open attempt. */
    SignedAdvertisement sentKeys() {
        return Objects.requireNonNull(current).sentKeys();
    }

    private int threshold() {
        return CohortParameters.of(size, 0.1, 0.05).orElseThrow().threshold();
    }

    private void accept(TestCoordinator run, TestMember member, TestAttempt mine) {
        if (rebase.clearsOwn(member.lastRound, run.round)) {
            Arrays.fill(member.g, 0);
        }
        unmasked.add(mine.devicesWords().clone());
        double[] own = words.values(mine.devicesWords());
        Arrays.setAll(member.g, j -> member.g[j] + own[j]);
        losses.add(words.meanLoss(mine.devicesWords()));
        CompressedVector sum =
                new CompressedVector(new Support.All(own.length), ValueCoding.FLOAT64, words.values(mine.sum()));
        member.append(TestCoordinator.RUN, run.round, mine.vector().digest(), sum);
        run.close();
    }

    private Response tell(TestMember member, String step) throws SecAggException {
        TestAttempt mine = current;
        if (mine == null) {
            return problem(409, "attempt-closed", "this device is not in the cohort");
        }
        byte[] frame = switch (step) {
            case "keys" -> SecAggFrames.encode(keys.apply(mine.cohort()));
            case "shares" -> SecAggFrames.encodeReceived(shares.apply(mine.sharesFor(member.ordinal)));
            case "included" -> SecAggFrames.encodeIncluded(included.apply(mine.members()));
            default -> throw new IllegalArgumentException(step);
        };
        return bytes(frames.apply(frame));
    }

    /** Abandons the cohort if the device polls several times without taking another step. */
    private Response outcome(TestCoordinator run, TestMember member, int round) {
        TestMember.Accepted accepted = member.accepted.get(round);
        if (accepted != null) {
            return json(200, outcome.apply(Map.of("included", true, "receipt", accepted.receipt())));
        }
        if (round == run.round && ++polls >= MAX_POLLS) {
            if (current == null ? attempt > MANY : current.sent.containsKey("masked")) {
                attempt = 0;
                run.close();
            } else {
                nextAttempt();
            }
        }
        return round < run.round
                ? json(200, outcome.apply(Map.of("included", false)))
                : new Response(204, Map.of("Retry-After", List.of("1")), new byte[0]);
    }

    /** Returns the number of reveals of each round. */
    Map<String, Integer> revealsByRound() {
        Map<String, Integer> reveals = new TreeMap<>();
        taken.stream()
                .filter(step -> step.endsWith("/reveals"))
                .forEach(step -> reveals.merge(step.substring(0, step.indexOf('/')), 1, Integer::sum));
        return reveals;
    }

    static Set<Integer> without(Collection<Integer> members, int count) {
        return new TreeSet<>(new ArrayList<>(members).subList(count, members.size()));
    }
}
