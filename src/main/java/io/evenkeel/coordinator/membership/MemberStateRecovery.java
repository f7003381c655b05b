package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.CompactedMeanwhileException;
import io.evenkeel.coordinator.retention.MemberVector;
import io.evenkeel.coordinator.retention.MemberVectors;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Rebuilds g_i from the accepted messages of a device that lost its state. Thread-safe. */
@Component
class MemberStateRecovery {

    private static final int ATTEMPTS = 5;

    private final Members members;
    private final MemberVectors vectors;
    private final CorruptionHandler damage;
    private final RunMemory memory;
    private final DurableTransactions transactions;
    private final FailureLog failures;

    MemberStateRecovery(
            Members members,
            MemberVectors vectors,
            CorruptionHandler damage,
            RunMemory memory,
            DurableTransactions transactions,
            FailureLog failures) {
        this.members = members;
        this.vectors = vectors;
        this.damage = damage;
        this.memory = memory;
        this.transactions = transactions;
        this.failures = failures;
    }

    /**
     * A member's g_i after a number of messages.
     *
     * @param sequence the number of messages that it contains
     * @param head the digest of the last one
     * @param file a temporary file with g_i, which the receiver must delete; a file is used so that a slow
     *     reader takes no memory
     */
    record State(long sequence, long head, Path file) {}

    /**
     * Rebuilds a member's g_i within the run's memory.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code member-not-found}, {@code state-not-kept},
     *     {@code storage-damaged}, {@code insufficient-memory} if the run is not active and there is not
     *     enough memory
     */
    State of(PlanCache.Known known, String client, StateForm form) {
        requireReadable(known);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                // The file is written last, because it would not be deleted after a failure.
                return memory.working(known.run(), known.plan(), () -> {
                    Supplier<State> rebuilt = damage.stopping(
                            () -> transactions.readDurable(() -> rebuild(known, members.get(known, client), form)));
                    return rebuilt.get();
                });
            } catch (CompactedMeanwhileException e) {
                // The member has sent more messages since its row was read, and they were compacted.
            }
        }
        throw ProblemKind.BUSY
                .because(
                        "the state of client " + client + " changes too fast",
                        "send the same request again after the time in Retry-After")
                .retryAfter(Duration.ofSeconds(1));
    }

    private static void requireReadable(PlanCache.Known known) {
        if (known.plan().secureAggregation() != null) {
            throw ProblemKind.STATE_NOT_KEPT
                    .because(
                            "run '" + known.plan().name()
                                    + "' has secure aggregation: the coordinator has never seen this device's messages",
                            "leave the run and join it again: the device starts over with g_i = 0, and its earlier"
                                    + " messages are removed by the next rebase")
                    .with("run", known.plan().name());
        }
    }

    /** Returns a function that writes the state to a file. */
    private Supplier<State> rebuild(PlanCache.Known known, Member member, StateForm form) {
        if (!known.plan().retainsSum()) {
            return () -> state(known, member, new double[known.plan().dimension()], form);
        }
        MemberVector vector = vectors.rebuild(
                known.plan(), new MemberVectors.Wanted(known.run(), member.id(), member.ordinal(), member.sequence()));
        if (vector.sequence() != member.sequence() || vector.head() != member.head()) {
            throw new CorruptionException(
                    known.run(), member.lastRound(), member.ordinal(), "the last accepted message is not stored");
        }
        return () -> state(known, member, vector.values(), form);
    }

    private State state(PlanCache.Known known, Member member, double[] values, StateForm form) {
        try {
            Path file = Files.createTempFile("evenkeel-state-", "");
            try (OutputStream out = Files.newOutputStream(file)) {
                form.write(values, known.plan().layout(), out);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            return new State(member.sequence(), member.head(), file);
        } catch (IOException e) {
            failures.warn("A device's state could not be written to the folder for temporary files", e);
            throw ProblemKind.STORAGE_UNAVAILABLE
                    .because(
                            "there is no space to prepare the state, or the folder for temporary files cannot be"
                                    + " written",
                            "try again after the time in Retry-After; see the coordinator's log for details")
                    .retryAfter(Duration.ofSeconds(10));
        }
    }
}
