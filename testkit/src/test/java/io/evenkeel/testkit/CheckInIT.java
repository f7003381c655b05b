package io.evenkeel.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.DeclineReason;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.WorkHandler;
import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that do not know a run's name, with a real coordinator over HTTP. */
@OnlyInCi
class CheckInIT {

    private static final int DEVICES = 3;
    private static final int ROUNDS = 4;
    private static final long BETWEEN_LOOKS_NANOS = 50_000_000;

    private final CountDownLatch declined = new CountDownLatch(1);
    private final Set<String> worked = ConcurrentHashMap.newKeySet();

    /** The last device declines until the others have completed the first run. */
    private final class Handler implements WorkHandler {
        private final int device;
        private final CountDownLatch firstRun;

        Handler(int device, CountDownLatch firstRun) {
            this.device = device;
            this.firstRun = firstRun;
        }

        @Override
        public GradientFunction gradient(String run) {
            return model -> {
                worked.add(run + "-" + device);
                double[] gradient = model.toDoubles();
                for (int j = 0; j < gradient.length; j++) {
                    gradient[j] -= device + j;
                }
                return Gradient.of(gradient, 1, 1);
            };
        }

        @Override
        public @Nullable DeclineReason declines() {
            boolean declines = device == DEVICES - 1 && firstRun.getCount() > 0;
            if (declines) {
                declined.countDown();
            }
            return declines ? DeclineReason.BATTERY : null;
        }
    }

    @Test
    void joinAndTrainInAllRunsAndDecline(@TempDir Path folder) throws Exception {
        CountDownLatch firstRun = new CountDownLatch(ROUNDS * (DEVICES - 1));
        CountDownLatch secondRun = new CountDownLatch(ROUNDS * DEVICES);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (LocalCoordinator coordinator = LocalCoordinator.start(folder.resolve("coordinator"), JavaLaunch.QUICK)) {
            OperatorApi operator = new OperatorApi(coordinator.address(), coordinator.operatorToken());
            String token = operator.createEnrolmentToken(DEVICES, "fleet");
            List<EvenkeelClient> clients = new ArrayList<>();
            List<Future<?>> devices = new ArrayList<>();
            for (int device = 0; device < DEVICES; device++) {
                EvenkeelClient client = EvenkeelClient.builder(coordinator.address())
                        .enrolmentToken(token)
                        .memoryState()
                        .listener(new ClientListener() {
                            @Override
                            public void messageAccepted(Receipt receipt) {
                                (receipt.run().equals("first") ? firstRun : secondRun).countDown();
                            }
                        })
                        .build();
                clients.add(client);
                Handler handler = new Handler(device, firstRun);
                devices.add(threads.submit(() -> {
                    client.work(handler);
                    return null;
                }));
            }
            run(operator, "first", DEVICES - 1);
            firstRun.await();
            declined.await();
            run(operator, "second", DEVICES);
            secondRun.await();
            for (EvenkeelClient client : clients) {
                client.close();
            }
            for (Future<?> device : devices) {
                device.get();
            }
            assertThat(worked).containsExactlyInAnyOrder("first-0", "first-1", "second-0", "second-1", "second-2");
        } finally {
            threads.shutdownNow();
        }
    }

    private static void run(OperatorApi operator, String run, int members) {
        operator.createRun(Map.of(
                "name",
                run,
                "dimension",
                20,
                "algorithm",
                "ef21-norm",
                "compressor",
                "top-k:5",
                "rounds",
                ROUNDS,
                "participants",
                Map.of("min", members)));
        while (operator.status(run).members() < members) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
        operator.start(run);
    }
}
