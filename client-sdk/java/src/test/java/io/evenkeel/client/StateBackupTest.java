package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.DirectTransport.Fate;
import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.StateBackup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A device that loses its disk and continues from its encrypted copy at the coordinator, or joins again if the copy is
 * useless.
 */
class StateBackupTest {

    private static final int ROUNDS = 7;
    private static final int BEFORE = 4;
    private static final byte[] KEY = key(1);

    private final MemoryStateStore fresh = new MemoryStateStore();
    private final List<String> reasons = new ArrayList<>();
    private final List<Long> recoveries = new ArrayList<>();
    private TestCoordinator run = SecureTrainingTest.run(FeedbackMethod.EF21_MOMENTUM, 3);

    private final ClientListener listener = new ClientListener() {
        @Override
        public void backupFailed(String reason) {
            reasons.add(reason);
        }

        @Override
        public void recovered(long sequence) {
            recoveries.add(sequence);
        }
    };

    private static byte[] key(int first) {
        byte[] key = new byte[StateBackup.KEY_BYTES];
        key[0] = (byte) first;
        return key;
    }

    private void trainUntilTheDiskIsLost() throws InterruptedException {
        try (EvenkeelClient client = SecureTrainingTest.on(run, new MemoryStateStore())
                .recoveryKey(KEY)
                .listener(listener)
                .build()) {
            client.trainFor(Problems.bowl(1), BEFORE, Duration.ofHours(1));
        }
    }

    private ClientBuilder device(Transport transport, byte[] key) {
        String client = run.member().client;
        return SecureTrainingTest.on(transport, fresh)
                .recoveryKey(key)
                .credentials(client, run.register(client))
                .listener(listener);
    }

    private void finish(byte[] key) throws InterruptedException {
        assertThat(TestClients.train(device(DirectTransport.reliable(run), key)).end())
                .isEqualTo(End.FINISHED);
    }

    private void assertJoinedAgain(String reason) {
        assertThat(reasons).singleElement().asString().contains(reason);
        assertThat(recoveries).contains(0L);
        assertThat(run.member().ordinal).isEqualTo(1);
        assertThat(run.member().sequence).isLessThan(ROUNDS);
        assertSameStateOnBothSides();
    }

    private void assertSameStateOnBothSides() {
        DeviceState saved = SecureTrainingTest.saved(run, fresh);
        assertThat(saved.head()).isEqualTo(run.member().head);
        assertThat(saved.feedback().vectors().get(0)).isEqualTo(run.member().g);
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21", "EF21_MOMENTUM", "EF21_IGT", "EF21_STORM"})
    void continuesAsIfNothingHadHappened(FeedbackMethod method) throws InterruptedException {
        run = SecureTrainingTest.run(method, 3);
        trainUntilTheDiskIsLost();
        finish(KEY);

        assertThat(recoveries).containsExactly((long) BEFORE);
        assertThat(reasons).isEmpty();
        assertThat(run.member().sequence).isEqualTo(ROUNDS);
        assertThat(run.member().ordinal).isZero();
        TestCoordinator undisturbed = SecureTrainingTest.run(method, 3);
        MemoryStateStore disk = new MemoryStateStore();
        TestClients.train(SecureTrainingTest.on(undisturbed, disk));
        assertThat(run.x()).isEqualTo(undisturbed.x());
        List<double[]> expected =
                SecureTrainingTest.saved(undisturbed, disk).feedback().vectors();
        List<double[]> found = SecureTrainingTest.saved(run, fresh).feedback().vectors();
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void joinsAgainWithoutACopy() throws InterruptedException {
        trainUntilTheDiskIsLost();
        run.member().backup = new byte[0];
        finish(KEY);
        assertJoinedAgain("the coordinator has none");
    }

    @Test
    void joinsAgainIfTheKeyDiffers() throws InterruptedException {
        trainUntilTheDiskIsLost();
        finish(key(2));
        assertJoinedAgain("is not authentic");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 12, 20, 40, -1})
    void joinsAgainIfTheCopyWasChanged(int position) throws InterruptedException {
        trainUntilTheDiskIsLost();
        byte[] backup = run.member().backup.clone();
        backup[position < 0 ? backup.length + position : position] ^= 1;
        run.member().backup = backup;
        finish(KEY);
        assertJoinedAgain("is not authentic");
    }

    @Test
    void joinsAgainIfTheCopyBelongsToAnotherDevice() throws InterruptedException {
        trainUntilTheDiskIsLost();
        byte[] nonce = new byte[StateBackup.NONCE_BYTES];
        int d = TestCoordinator.LAYOUT.dimension();
        run.member().backup = new StateBackup(
                        new StateBackup.Position(run.member().sequence, run.member().head),
                        3,
                        run.feedback,
                        d,
                        List.of(new double[d], new double[d]))
                .encrypt(KEY, TestCoordinator.RUN, "another", nonce);
        finish(KEY);
        assertJoinedAgain("is not authentic");
    }

    @Test
    void joinsAgainIfTheCopyIsOlderThanTheMembership() throws InterruptedException {
        trainUntilTheDiskIsLost();
        byte[] older = run.member().backup;
        try (EvenkeelClient client = device(DirectTransport.reliable(run), KEY).build()) {
            client.trainFor(Problems.bowl(1), 1, Duration.ofHours(1));
        }
        DeviceState.forget(fresh, TestCoordinator.RUN);
        run.member().backup = older;
        finish(KEY);
        assertJoinedAgain("it includes message 4, but the coordinator has accepted message 5");
    }

    /**
     * The device had sent a message before it lost its disk, and the cohort's sum contains it after the
     * device has returned.
     */
    @ParameterizedTest
    @ValueSource(strings = {"/keys/me", "/masked/me"})
    void joinsAgainIfTheLostStateWasAhead(String moment) throws InterruptedException {
        trainUntilTheDiskIsLost();
        DirectTransport link = new DirectTransport(run, request -> {
            if (!run.members.isEmpty()
                    && run.member().sequence == BEFORE
                    && request.uri().getPath().endsWith(moment)) {
                double[] zero = new double[TestCoordinator.LAYOUT.dimension()];
                run.member()
                        .append(
                                TestCoordinator.RUN,
                                run.round,
                                99,
                                new CompressedVector(new Support.All(zero.length), ValueCoding.FLOAT64, zero));
                if (moment.equals("/keys/me")) {
                    run.close();
                }
            }
            return Fate.DELIVERED;
        });
        assertThat(TestClients.train(device(link, KEY)).end()).isEqualTo(End.FINISHED);
        assertJoinedAgain("it includes message 4, but the coordinator has accepted message 5");
    }

    /** The run ends before the device has left, or before it has joined again. */
    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "PUT"})
    void learnsOfTheEndOfTheRunInsteadOfJoiningAgain(String last) throws InterruptedException {
        trainUntilTheDiskIsLost();
        run.member().backup = new byte[0];
        DirectTransport link = new DirectTransport(run, request -> {
            boolean leaves = request.method().equals("DELETE");
            boolean joinsAgain = request.method().equals("PUT")
                    && run.members.values().stream().anyMatch(member -> member.isLeaving);
            while ((last.equals("DELETE") ? leaves : joinsAgain) && run.round < ROUNDS) {
                run.close();
            }
            return Fate.DELIVERED;
        });
        RunOutcome outcome = TestClients.train(device(link, KEY));

        assertThat(outcome).isEqualTo(new RunOutcome(TestCoordinator.RUN, End.FINISHED, ROUNDS, 0, 0));
    }

    @Test
    void aFailingUploadDoesNotStopTheTraining() throws InterruptedException {
        run.refusesBackups = true;
        assertThat(TestClients.train(SecureTrainingTest.on(run, fresh)
                                .recoveryKey(KEY)
                                .listener(listener))
                        .accepted())
                .isEqualTo(ROUNDS);
        assertThat(reasons).hasSize(ROUNDS);
        assertThat(reasons.get(0)).contains("was not uploaded").contains("status 503");
    }

    @Test
    void uploadsNothingWithoutAKey() throws InterruptedException {
        TestClients.train(SecureTrainingTest.on(run, fresh));
        assertThat(run.log).noneMatch(line -> line.contains("backup"));
        assertThatThrownBy(() -> SecureTrainingTest.on(run, fresh).recoveryKey(new byte[16]))
                .hasMessageContaining("recoveryKey has 16 bytes, expected 32");
    }

    /** The device's message is in the sum before its copy arrives, or after the device has crashed. */
    @ParameterizedTest
    @EnumSource(names = {"DEVICE_DIES_BEFORE", "DEVICE_DIES_AFTER"})
    void survivesAKillAtTheUpload(Fate fate) throws InterruptedException {
        DirectTransport link = new DirectTransport(
                run,
                request -> run.round == 2
                                && request.method().equals("PUT")
                                && request.uri().getPath().endsWith("/backup")
                        ? fate
                        : Fate.DELIVERED);
        MemoryStateStore disk = new MemoryStateStore();
        assertThatThrownBy(() ->
                        TestClients.train(SecureTrainingTest.on(link, disk).recoveryKey(KEY)))
                .isInstanceOf(CrashingStateStore.Crash.class);
        assertThat(TestClients.train(SecureTrainingTest.on(run, disk).recoveryKey(KEY))
                        .end())
                .isEqualTo(End.FINISHED);
        assertThat(run.member().sequence).isEqualTo(ROUNDS);
    }
}
