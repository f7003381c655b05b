package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class ConcurrentMessagesTest {

    private static final int DEVICES = 40;
    private static final int COPIES = 3;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void concurrentRepetitionsOfManyDevicesCountOnce() throws Exception {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(DEVICES)
                .start();
        ExecutorService senders = Executors.newFixedThreadPool(16);
        try {
            for (int round = 0; round < 3; round++) {
                send(scene, round, senders);
            }
        } finally {
            senders.shutdown();
        }
        double[] ones = new double[DEVICES];
        Arrays.fill(ones, 1);
        assertThat(Scene.difference(scene.replica(3).sum(), scene.devices, ones))
                .isLessThan(1e-14);
    }

    private static void send(Scene scene, int round, ExecutorService senders) throws Exception {
        List<Callable<Reply>> requests = new ArrayList<>();
        List<TestDevice.Sent> messages = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
            TestDevice device = scene.devices.get(i);
            TestDevice.Sent message = device.stage(round, TestDevice.gradient(new double[Scene.DIMENSION], i));
            messages.add(message);
            for (int copy = 0; copy < COPIES; copy++) {
                requests.add(() -> device.put(message));
            }
        }
        List<Reply> replies = new ArrayList<>();
        for (Future<Reply> future : senders.invokeAll(requests)) {
            replies.add(future.get());
        }
        Map<Integer, Long> byStatus =
                replies.stream().collect(Collectors.groupingBy(Reply::status, Collectors.counting()));
        assertThat(byStatus).isEqualTo(Map.of(201, (long) DEVICES, 200, (long) DEVICES * (COPIES - 1)));
        for (int i = 0; i < DEVICES; i++) {
            assertThat(replies.get(i * COPIES).text())
                    .isEqualTo(replies.get(i * COPIES + 1).text())
                    .isEqualTo(replies.get(i * COPIES + 2).text());
            scene.devices.get(i).commit(messages.get(i));
        }
        scene.await(scene.devices.get(0), round);
        assertThat(scene.record(round).number("participants")).isEqualTo(DEVICES);
    }
}
