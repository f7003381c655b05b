package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.tools.RoundFigures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks a run against its evidence. Not thread-safe; for one use. */
public final class Checker {

    private static final Comparator<Accepted> IN_ORDER_OF_CHAINS = Comparator.comparing(Accepted::client)
            .thenComparing(Accepted::sequence)
            .thenComparing(Accepted::digest)
            .thenComparing(Accepted::round)
            .thenComparing(Accepted::includedIn);
    private static final double ROUNDING = 1e-9;

    private final ChaosSettings settings;
    private final Evidence evidence;
    private final Set<Accepted> promised = new TreeSet<>(IN_ORDER_OF_CHAINS);
    private final List<String> violations = new ArrayList<>();
    private int lost;
    private int duplicated;

    private Checker(ChaosSettings settings, Evidence evidence) {
        this.settings = settings;
        this.evidence = evidence;
        this.promised.addAll(evidence.receipts());
    }

    /** Checks a finished run. */
    public static Verdict judge(ChaosSettings settings, Evidence evidence) {
        Checker checker = new Checker(settings, evidence);
        checker.checkLog();
        checker.checkChains();
        checker.checkRounds();
        boolean identical;
        if (settings.secure()) {
            CohortReplay replay = CohortReplay.of(settings, evidence.history(), checker.byRound());
            identical = new CohortChecker(settings, evidence, replay, checker.violations).check(checker.byRound());
        } else {
            checker.checkChainStates();
            identical = checker.checkBits();
        }
        return new Verdict(
                checker.promised.size(),
                checker.lost,
                checker.duplicated,
                identical,
                Collections.unmodifiableList(checker.violations));
    }

    /** Checks that the log contains each receipt's message exactly once, and no other messages. */
    private void checkLog() {
        for (Accepted receipt : promised) {
            long found = evidence.log().stream()
                    .filter(entry ->
                            entry.digest() == receipt.digest() && entry.client().equals(receipt.client()))
                    .count();
            if (found == 0) {
                lost++;
                violations.add("lost: " + text(receipt) + " was accepted, but the coordinator does not have it");
            } else if (found > 1) {
                duplicated++;
                violations.add("duplicated: " + text(receipt) + " is there " + found + " times");
            } else if (!evidence.log().contains(receipt)) {
                violations.add("moved: " + text(receipt) + " is not in the round that its receipt names");
            }
        }
        for (Accepted entry : evidence.log()) {
            if (!promised.contains(entry)) {
                violations.add("unknown: the coordinator has " + text(entry) + ", for which there is no receipt");
            }
        }
    }

    /** Checks that each member's messages are numbered 1, 2, ... and each names the previous one. */
    private void checkChains() {
        for (History.MembershipPeriod member : evidence.history().periods()) {
            long sequence = 0;
            long head = 0;
            for (Accepted receipt : promised) {
                if (!member.has(receipt)) {
                    continue;
                }
                if (receipt.sequence() != sequence + 1 || !follows(receipt, head)) {
                    violations.add("broken chain: " + text(receipt) + " does not follow message " + sequence);
                }
                sequence = receipt.sequence();
                head = receipt.digest();
            }
        }
    }

    private boolean follows(Accepted receipt, long head) {
        if (settings.secure()) {
            MaskedHeader header = evidence.masked().get(receipt.digest());
            return header != null && header.sequence() == receipt.sequence() && header.previous() == head;
        }
        Message message = message(receipt);
        return message != null && message.previous() == head;
    }

    private @Nullable Message message(Accepted receipt) {
        byte[] bytes = evidence.messages().get(receipt.digest());
        if (bytes == null || Digest.of(bytes) != receipt.digest()) {
            return null;
        }
        try {
            Message message = Message.decode(bytes, FrameLimits.of(settings.dimension()));
            return message.sequence() == receipt.sequence() ? message : null;
        } catch (WireException e) {
            return null;
        }
    }

    /** Checks that each round's record has the number and the bytes of the messages with receipts. */
    private void checkRounds() {
        if (evidence.rounds().size() != settings.rounds()) {
            violations.add(evidence.rounds().size() + " rounds have a record, expected " + settings.rounds());
        }
        for (RoundFigures figures : evidence.rounds()) {
            List<Accepted> members = included(figures.round());
            long bytes = members.stream()
                    .mapToLong(receipt -> evidence.messages().getOrDefault(receipt.digest(), new byte[0]).length)
                    .sum();
            boolean sameBytes = settings.secure() || figures.uplinkBytes() == bytes;
            if (figures.participants() != members.size() || !sameBytes) {
                violations.add("round " + figures.round() + " counted " + figures.participants() + " messages of "
                        + figures.uplinkBytes() + " bytes, and receipts were given for " + members.size() + " of "
                        + bytes);
            }
        }
    }

    private List<Accepted> included(int round) {
        return promised.stream()
                .filter(receipt -> receipt.includedIn() == round)
                .toList();
    }

    /**
     * Checks that device and coordinator agree on g_i, and that S is the sum of w_i g_i (bounded in a robust run),
     * except for rounding.
     */
    private void checkChainStates() {
        List<double[]> vectors = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (History.MembershipPeriod member : evidence.history().periods()) {
            int device = member.device();
            Evidence.ChainState held = evidence.held().get(member);
            Evidence.ChainState kept = evidence.kept().get(member);
            if (held == null || kept == null) {
                continue; // The member left before the end.
            }
            double weight = evidence.history().weight(device, settings.rounds());
            Double stored = evidence.weights().get(member);
            if (stored == null || stored != weight) {
                violations.add(
                        "wrong weight: device " + device + " has " + weight + ", but the coordinator has " + stored);
            }
            if (held.sequence() != kept.sequence() || held.head() != kept.head()) {
                violations.add("device " + device + " is at message " + held.sequence()
                        + ", but the coordinator has it at " + kept.sequence());
            } else if (!Arrays.equals(held.memory(), kept.memory())) {
                violations.add("device " + device + " and the coordinator do not have the same g_i");
            }
            vectors.add(held.memory());
            weights.add(weight);
        }
        checkSum(vectors, weights.stream().mapToDouble(weight -> weight).toArray());
        evidence.audit().ifPresent(what -> violations.add("failed audit: " + what));
    }

    private void checkSum(List<double[]> vectors, double[] weights) {
        double[] sum = new double[settings.dimension()];
        NormClipping robust = settings.robust();
        if (robust != null) {
            robust.sum(MemberVectorSource.of(vectors, weights), sum);
        } else {
            for (int i = 0; i < weights.length; i++) {
                for (int j = 0; j < sum.length; j++) {
                    sum[j] += weights[i] * vectors.get(i)[j];
                }
            }
        }
        double largest = 0;
        double apart = 0;
        for (int j = 0; j < sum.length; j++) {
            largest = Math.max(largest, Math.abs(sum[j]));
            apart = Math.max(apart, Math.abs(sum[j] - evidence.sum()[j]));
        }
        if (!(apart <= ROUNDING * Math.max(1, largest))) {
            violations.add("wrong sum: S and the sum of the devices' w_i g_i are " + apart + " apart");
        }
    }

    private boolean checkBits() {
        Replay replay = new Replay(settings, evidence.history());
        for (int round = 0; round < settings.rounds(); round++) {
            List<Accepted> included = included(round);
            for (History.MembershipPeriod member : evidence.history().periods()) {
                for (Accepted receipt : included) {
                    Message message = member.has(receipt) ? message(receipt) : null;
                    if (message != null) {
                        replay.add(member, message.delta());
                    }
                }
            }
            replay.close();
        }
        boolean sum = same("sum", "replay", replay.sum(), evidence.sum());
        if (settings.isSite()) {
            return sum; // RelayChecker compares the site's models with those of the upper run.
        }
        boolean model = same("model", "replay", replay.x(), evidence.x());
        boolean devices = same("devices' model", "replay", replay.devicesModel(), evidence.w());
        boolean determined =
                settings.everybodyAnswers() && evidence.history().relayed().isEmpty();
        boolean calm = !determined || same("model", "undisturbed run", undisturbed(), evidence.x());
        return model && devices && sum && calm;
    }

    private Map<Integer, List<Accepted>> byRound() {
        return promised.stream().collect(Collectors.groupingBy(Accepted::includedIn));
    }

    private double[] undisturbed() {
        Map<Integer, List<Accepted>> byRound = byRound();
        return Replay.undisturbed(
                settings,
                evidence.history(),
                (member, round) ->
                        byRound.getOrDefault(round, List.of()).stream().anyMatch(member::has));
    }

    private boolean same(String what, String asIn, double[] expected, double[] actual) {
        int j = Arrays.mismatch(expected, actual);
        if (j >= 0) {
            violations.add("different bits: the coordinator's " + what + " differs from the " + asIn
                    + "'s, first in coordinate " + j);
        }
        return j < 0;
    }

    private static String text(Accepted message) {
        return "message " + message.sequence() + " (" + Digest.toHex(message.digest()) + ") of client "
                + message.client() + " for round " + message.round() + " in round " + message.includedIn();
    }

    /**
     * The result of checking a run.
     *
     * @param checked the number of different messages with a receipt
     * @param lost the number of these that are missing from their round
     * @param duplicated the number of these that occur more than once
     * @param identical whether model and sum are bit-identical to the replay, and also to the undisturbed run if every
     *     device answers every round
     * @param violations all violations, one sentence each
     */
    public record Verdict(int checked, int lost, int duplicated, boolean identical, List<String> violations) {

        /** Returns whether all guarantees hold. */
        public boolean holds() {
            return violations.isEmpty();
        }

        /** Returns the same verdict with more violations. */
        public Verdict with(List<String> more) {
            List<String> all = new ArrayList<>(violations);
            all.addAll(more);
            return new Verdict(checked, lost, duplicated, identical, List.copyOf(all));
        }
    }
}
