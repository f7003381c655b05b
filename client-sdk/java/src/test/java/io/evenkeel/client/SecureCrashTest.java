package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.CrashingStateStore.Crash;
import io.evenkeel.client.DirectTransport.Fate;
import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.vector.SplitMix64;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A device crashes at any point in a cohort and loses its secrets. Whether or not the staged message is in the sum, the
 * device continues consistently with the coordinator. It never reveals twice in a round.
 */
class SecureCrashTest {

    private static final int ROUNDS = 7;
    private static final List<Fate> FATES = List.of(Fate.values());

    // The store's changes in the first round: forgetting another enrolment's attributes, saving credentials, staging,
    // counting the masked vector, marking the reveal, committing.
    private static final int STAGE = 2;
    private static final int COUNT = 3;
    private static final int MARK = 4;
    private static final int COMMIT = 5;

    private final MemoryStateStore disk = new MemoryStateStore();
    private final TestCoordinator run = SecureTrainingTest.run(FeedbackMethod.EF21_MOMENTUM, 3);

    private void dieAtChange(int change, boolean after) {
        assertThatThrownBy(() -> TestClients.train(SecureTrainingTest.on(
                        DirectTransport.reliable(run), new CrashingStateStore(disk, change, after))))
                .isInstanceOf(Crash.class);
    }

    private void dieAt(String path, Fate fate) {
        DirectTransport link = new DirectTransport(
                run,
                request -> request.uri().getPath().endsWith(path)
                                && request.method().equals("PUT")
                        ? fate
                        : Fate.DELIVERED);
        assertThatThrownBy(() -> TestClients.train(SecureTrainingTest.on(link, disk)))
                .isInstanceOf(Crash.class);
    }

    private void finish(int accepted) throws InterruptedException {
        assertThat(TestClients.train(SecureTrainingTest.on(run, disk)).end()).isEqualTo(End.FINISHED);
        assertThat(run.member().sequence).isEqualTo(accepted);
        assertConsistent(run, disk);
    }

    private static void assertConsistent(TestCoordinator run, StateStore store) {
        DeviceState saved = SecureTrainingTest.saved(run, store);
        assertThat(saved.pending()).isNull();
        assertThat(saved.head()).isEqualTo(run.member().head);
        assertThat(saved.feedback().vectors().get(0)).isEqualTo(run.member().g);
        assertThat(SecureTrainingTest.cohort(run).revealsByRound().values()).allMatch(count -> count == 1);
    }

    @ParameterizedTest
    @CsvSource({
        STAGE + ", false, 7",
        STAGE + ", true, 7",
        // The vector is counted before it is sent.
        COUNT + ", false, 7",
        COUNT + ", true, 7",
        // Its vector is in the cohort that waits for reveals, so the round has no sum.
        MARK + ", false, 6",
        MARK + ", true, 6",
        COMMIT + ", false, 7",
        COMMIT + ", true, 7"
    })
    void survivesAKillAtEachChangeOfItsState(int change, boolean after, int accepted) throws InterruptedException {
        dieAtChange(change, after);
        finish(accepted);
    }

    @ParameterizedTest
    @CsvSource({
        "keys, DEVICE_DIES_BEFORE, 7",
        "keys, DEVICE_DIES_AFTER, 7",
        "shares, DEVICE_DIES_BEFORE, 7",
        "shares, DEVICE_DIES_AFTER, 7",
        "masked, DEVICE_DIES_BEFORE, 7",
        // The test's cohort cannot continue without the device's reveal.
        "masked, DEVICE_DIES_AFTER, 6",
        "reveals, DEVICE_DIES_BEFORE, 6",
        "reveals, DEVICE_DIES_AFTER, 7"
    })
    void survivesAKillAtEachStep(String step, Fate fate, int accepted) throws InterruptedException {
        dieAt("/" + step + "/me", fate);
        finish(accepted);
    }

    @Test
    void commitsAMessageWhoseOutcomeItLearnsOnlyAfterTheRestart() throws InterruptedException {
        dieAt("/reveals/me", Fate.DEVICE_DIES_AFTER);
        assertThat(run.member().sequence).isEqualTo(1);
        assertThat(SecureTrainingTest.saved(run, disk).sequence()).isZero();
        finish(ROUNDS);
    }

    @Property(tries = 20)
    void whereverTheDeviceCrashesAndWhateverTheNetworkLoses(@ForAll long seed) throws InterruptedException {
        MemoryStateStore store = new MemoryStateStore();
        TestCoordinator disturbed = SecureTrainingTest.run(FeedbackMethod.EF21_MOMENTUM, 3);
        SplitMix64 random = new SplitMix64(seed);
        int life = 0;
        while (life < 500 && !live(disturbed, store, random)) {
            life++;
        }
        assertThat(disturbed.round).isEqualTo(ROUNDS);
        assertConsistent(disturbed, store);
    }

    /** Trains until the run ends or the device crashes; returns whether the run has ended. */
    private static boolean live(TestCoordinator coordinator, MemoryStateStore store, SplitMix64 random)
            throws InterruptedException {
        CrashingStateStore mortal = new CrashingStateStore(store, random.next(20), random.next(2) == 0);
        DirectTransport link = new DirectTransport(
                coordinator, request -> random.next(8) == 0 ? FATES.get(random.next(FATES.size())) : Fate.DELIVERED);
        try {
            return TestClients.train(SecureTrainingTest.on(link, mortal)).end() == End.FINISHED;
        } catch (Crash | DeadlineException e) {
            return false;
        }
    }
}
