package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.CrashingStateStore.Crash;
import io.evenkeel.client.DirectTransport.Fate;
import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.vector.SplitMix64;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A device that crashes at any point continues consistently with the coordinator, and the final model has the same bits
 * as without a crash.
 */
@ParameterizedClass
@EnumSource(
        value = FeedbackMethod.class,
        names = {"EF21_MOMENTUM", "EF21_IGT", "EF21_STORM"})
class CrashTest {

    private static final int ROUNDS = 12;
    private static final List<Fate> FATES = List.of(Fate.values());

    // The store's first changes: forgetting another enrolment's attributes, saving credentials; staging the first
    // message, committing it, merging it into a snapshot.
    private static final int STAGE = 2;
    private static final int COMMIT = 3;
    private static final int COMPACTION = 4;

    private final MemoryStateStore disk = new MemoryStateStore();

    @Parameter
    FeedbackMethod method = FeedbackMethod.EF21_MOMENTUM;

    private TestCoordinator coordinator = run(method);

    @BeforeEach
    void createRun() {
        coordinator = run(method);
    }

    @Test
    void beforeStagingNothingIsSent() throws InterruptedException {
        dieAtChange(STAGE, false);
        assertThat(coordinator.messages).isEmpty();
        finishLikeAnUndisturbedRun();
    }

    @Test
    void afterStagingTheSavedBytesAreSent() throws InterruptedException {
        dieAtChange(STAGE, true);
        assertThat(coordinator.messages).isEmpty();
        Pending staged =
                Objects.requireNonNull(TestClients.saved(coordinator, disk).pending());
        finishLikeAnUndisturbedRun();
        assertThat(coordinator.messages.get(1).previous()).isEqualTo(staged.digest());
    }

    @Test
    void beforeTheMessageArrivesItIsSentAgain() throws InterruptedException {
        dieAtMessage(Fate.DEVICE_DIES_BEFORE);
        assertThat(coordinator.messages).isEmpty();
        finishLikeAnUndisturbedRun();
    }

    @Test
    void beforeTheReceiptArrivesTheMessageIsSentAgainAndCountedOnce() throws InterruptedException {
        dieAtMessage(Fate.DEVICE_DIES_AFTER);
        assertThat(coordinator.messages).hasSize(1);
        finishLikeAnUndisturbedRun();
    }

    @Test
    void afterTheReceiptButBeforeTheCommitTheMessageIsSentAgainAndCountedOnce() throws InterruptedException {
        dieAtChange(COMMIT, false);
        assertThat(coordinator.messages).hasSize(1);
        finishLikeAnUndisturbedRun();
    }

    @Test
    void afterTheCommitNothingIsSentAgain() throws InterruptedException {
        dieAtChange(COMMIT, true);
        assertThat(TestClients.saved(coordinator, disk).pending()).isNull();
        finishLikeAnUndisturbedRun();
    }

    @Test
    void whileMessagesAreMergedIntoASnapshotTheyAreCountedOnce() throws InterruptedException {
        dieAtChange(COMPACTION, true);
        assertThat(disk.names("digits.")).hasSize(2);
        finishLikeAnUndisturbedRun();
    }

    @Property(tries = 200)
    void anywhereAndWithAnyLossMessagesAreCountedOnce(@ForAll FeedbackMethod any, @ForAll long seed)
            throws InterruptedException {
        MemoryStateStore store = new MemoryStateStore();
        TestCoordinator disturbed = run(any);
        SplitMix64 random = new SplitMix64(seed);

        for (int life = 0; life < 200 && !live(disturbed, store, random); life++) {
            assertThat(disturbed.messages.size()).isLessThanOrEqualTo(ROUNDS);
        }

        assertSameAsUndisturbed(disturbed, store);
    }

    /** Trains until the run ends or the device crashes; returns whether the run has ended. */
    private static boolean live(TestCoordinator coordinator, MemoryStateStore store, SplitMix64 random)
            throws InterruptedException {
        CrashingStateStore mortal = new CrashingStateStore(store, random.next(20), random.next(2) == 0);
        DirectTransport link = new DirectTransport(
                coordinator, request -> random.next(4) == 0 ? FATES.get(random.next(FATES.size())) : Fate.DELIVERED);
        try {
            return TestClients.train(TestClients.on(link, mortal)).end() == End.FINISHED;
        } catch (Crash | DeadlineException e) {
            return false;
        }
    }

    private static TestCoordinator run(FeedbackMethod method) {
        return new TestCoordinator(method, "normalized", "top-k:5", ROUNDS);
    }

    private void dieAtChange(int change, boolean after) {
        assertThatThrownBy(() ->
                        TestClients.train(TestClients.on(coordinator, new CrashingStateStore(disk, change, after))))
                .isInstanceOf(Crash.class);
    }

    private void dieAtMessage(Fate fate) {
        DirectTransport link = new DirectTransport(coordinator, request -> isMessage(request) ? fate : Fate.DELIVERED);
        assertThatThrownBy(() -> TestClients.train(TestClients.on(link, disk))).isInstanceOf(Crash.class);
    }

    private static boolean isMessage(Request request) {
        return request.uri().getPath().endsWith("/messages/me");
    }

    private void finishLikeAnUndisturbedRun() throws InterruptedException {
        assertThat(TestClients.train(TestClients.on(coordinator, disk)).end()).isEqualTo(End.FINISHED);
        assertSameAsUndisturbed(coordinator, disk);
    }

    private static void assertSameAsUndisturbed(TestCoordinator disturbed, MemoryStateStore store)
            throws InterruptedException {
        TestCoordinator undisturbed = run(disturbed.feedback);
        TestClients.train(TestClients.on(undisturbed, new MemoryStateStore()));
        assertThat(disturbed.messages).hasSize(ROUNDS);
        assertThat(disturbed.x()).isEqualTo(undisturbed.x());
        if (disturbed.feedback.retainsSum()) {
            assertThat(TestClients.g(disturbed, store)).isEqualTo(disturbed.member().g);
        }
    }
}
