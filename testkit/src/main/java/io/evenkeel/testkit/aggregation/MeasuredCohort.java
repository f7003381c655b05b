package io.evenkeel.testkit.aggregation;

import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggCohort;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.ReceivedShares;
import io.evenkeel.core.wire.SecAggFrames;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * One round of secure aggregation in this process, with all frames and checks, but without a network or a database.
 * Members drop out after they have sent their shares, which is the most expensive case for the coordinator. Not
 * thread-safe.
 */
final class MeasuredCohort {

    private static final CohortContext CONTEXT =
            new CohortContext("measured", 12, 0, new CohortBasis(new byte[CohortBasis.BYTES]));
    private static final int EXPONENT = -21;

    private final CohortParameters parameters;
    private final int words;
    private final int dropped;
    private final OwnerKey owner = OwnerKey.generate();
    private final VectorWords coding;
    private final ProcessorClock devices = new ProcessorClock();
    private final ProcessorClock coordinator = new ProcessorClock();
    private final List<MeasuredDevice> members = new ArrayList<>();
    private long sent;
    private long received;

    MeasuredCohort(int members, int words, double dropout, double collusion, double dropping) {
        this.parameters = CohortParameters.of(members, dropout, collusion)
                .orElseThrow(() -> new IllegalArgumentException("no threshold suffices for " + members + " members, if "
                        + dropout + " drop out and " + collusion + " collude"));
        this.words = words;
        this.dropped = (int) (dropping * members);
        this.coding = new VectorWords(EXPONENT, members);
        CohortRules rules = new CohortRules(3, members, dropout, collusion);
        for (int member = 0; member < members; member++) {
            this.members.add(new MeasuredDevice(CONTEXT, rules, owner.issue(), member));
        }
    }

    /** Runs the round and checks its sum. */
    AggregationCost run() throws Exception {
        List<SignedAdvertisement> keys = keys();
        int[] sum = sum(keys, shares(keys));
        double expected = 0;
        for (int member = dropped; member < members.size(); member++) {
            expected += MeasuredDevice.value(member);
        }
        int staying = members.size() - dropped;
        if (coding.reporters(sum) != staying || coding.values(sum)[words - 1] != expected) {
            throw new IllegalStateException("the sum is not that of the vectors");
        }
        return new AggregationCost(
                members.size(),
                parameters.threshold(),
                words,
                dropped,
                (double) sent / staying,
                (double) received / staying,
                devices.seconds() / staying,
                coordinator.seconds());
    }

    /** Records the frame of a device's step if the device takes all steps, and returns it. */
    private byte[] sent(int member, ProcessorClock.Work<byte[]> step) throws Exception {
        if (member < dropped) {
            return step.run();
        }
        byte[] frame = devices.time(step);
        sent += frame.length;
        return frame;
    }

    private byte[] answered(int member, ProcessorClock.Work<byte[]> answer) throws Exception {
        byte[] frame = coordinator.time(answer);
        received += member < dropped ? 0 : frame.length;
        return frame;
    }

    private List<SignedAdvertisement> keys() throws Exception {
        List<SignedAdvertisement> keys = new ArrayList<>();
        for (int member = 0; member < members.size(); member++) {
            byte[] frame = sent(member, members.get(member)::keys);
            keys.add(coordinator.time(() -> {
                SignedAdvertisement signed = SecAggFrames.decodeKeys(frame);
                signed.verify(CONTEXT, List.of(owner.publicKey()));
                return signed;
            }));
        }
        return keys;
    }

    private Map<Integer, byte[]> shares(List<SignedAdvertisement> keys) throws Exception {
        ReceivedShares received = new ReceivedShares(ordinals(), members.size() - 1);
        byte[] cohort = coordinator.time(() -> SecAggFrames.encode(new CohortKeys(parameters.threshold(), keys)));
        for (int i = 0; i < members.size(); i++) {
            int member = i;
            byte[] answer = answered(member, () -> cohort);
            byte[] frame = sent(member, () -> members.get(member).shares(answer));
            coordinator.time(() -> {
                List<EncryptedShares> checked = SecAggFrames.decodeSent(frame, member);
                received.add(member, frame);
                return checked;
            });
        }
        return coordinator.time(received::frames);
    }

    private List<Integer> ordinals() {
        return IntStream.range(0, members.size()).boxed().toList();
    }

    private int[] sum(List<SignedAdvertisement> keys, Map<Integer, byte[]> shares) throws Exception {
        SecAggCohort cohort = new SecAggCohort(
                CONTEXT,
                ordinals(),
                parameters.threshold(),
                keys.stream().map(SignedAdvertisement::advertisement).toList(),
                words + VectorWords.EXTRA);
        for (int i = dropped; i < members.size(); i++) {
            int member = i;
            byte[] forIt = answered(member, () -> Objects.requireNonNull(shares.get(member)));
            byte[] frame = sent(member, () -> members.get(member).masked(forIt, coding, words));
            coordinator.time(() -> {
                cohort.add(
                        member,
                        SecAggFrames.decodeMasked(frame, words + VectorWords.EXTRA)
                                .words());
                return member;
            });
        }
        byte[] included = coordinator.time(() -> SecAggFrames.encodeIncluded(cohort.included()));
        List<Reveal> reveals = new ArrayList<>();
        for (int i = dropped; i < members.size(); i++) {
            int member = i;
            byte[] answer = answered(member, () -> included);
            byte[] frame = sent(member, () -> members.get(member).reveal(answer));
            reveals.add(coordinator.time(() -> SecAggFrames.decodeReveal(frame, member)));
        }
        return coordinator.time(() -> cohort.unmask(reveals));
    }

    /** Adds up the processor time of parts of the calling thread's work. For use by one thread. */
    private static final class ProcessorClock {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private long nanos;

        /** Work that may fail. */
        interface Work<T> {
            T run() throws Exception;
        }

        <T> T time(Work<T> work) throws Exception {
            long start = THREADS.getCurrentThreadCpuTime();
            try {
                return work.run();
            } finally {
                nanos += THREADS.getCurrentThreadCpuTime() - start;
            }
        }

        double seconds() {
            return nanos / 1e9;
        }
    }
}
