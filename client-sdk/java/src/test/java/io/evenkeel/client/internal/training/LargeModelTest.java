package io.evenkeel.client.internal.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.FakeTime;
import io.evenkeel.client.Model;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.Transport;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Credentials;
import io.evenkeel.client.internal.protocol.DeviceTask;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Replica;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A large model is downloaded in pieces; after an interruption, only one piece is repeated. */
class LargeModelTest {

    private static final int DIMENSION = 5_000_000;

    private final List<String> ranges = new ArrayList<>();
    private final List<Long> fetched = new ArrayList<>();

    private static byte[] values(int from, int to) {
        ByteBuffer body = ByteBuffer.allocate(to - from).order(ByteOrder.LITTLE_ENDIAN);
        for (int j = from / 4; j < to / 4; j++) {
            body.putFloat(j);
        }
        return body.array();
    }

    /** A proxy that ignores the Range header of a request. */
    private final class RangelessProxy implements Transport {

        @Override
        public Response exchange(Request request) {
            ranges.add(Objects.requireNonNull(request.headers().get("Range")));
            byte[] all = values(0, 4 * DIMENSION);
            assertThat(request.maxAnswerBytes()).isGreaterThanOrEqualTo(all.length);
            return new Response(200, Map.of(), all);
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    /** Serves a model whose values are their indices, and breaks off the second request. */
    private final class Server implements Transport {

        private final int missing;

        Server(int missing) {
            this.missing = missing;
        }

        @Override
        public Response exchange(Request request) throws IOException {
            String range = Objects.requireNonNull(request.headers().get("Range"));
            ranges.add(range);
            if (ranges.size() == 2) {
                throw new IOException("broken off");
            }
            String[] ends = range.substring("bytes=".length()).split("-", -1);
            int from = Integer.parseInt(ends[0]);
            int to = Integer.parseInt(ends[1]) + 1;
            return new Response(206, Map.of(), Arrays.copyOf(values(from, to), to - from - missing));
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    /** Serves a replica, and breaks off the second request. */
    private final class ReplicaServer implements Transport {

        private final byte[] replica;

        ReplicaServer(byte[] replica) {
            this.replica = replica;
        }

        @Override
        public Response exchange(Request request) throws IOException {
            String range = Objects.requireNonNull(request.headers().get("Range"));
            ranges.add(range);
            if (ranges.size() == 2) {
                throw new IOException("broken off");
            }
            String[] ends = range.substring("bytes=".length()).split("-", -1);
            int from = Integer.parseInt(ends[0]);
            int to = Math.min(replica.length, Integer.parseInt(ends[1]) + 1);
            String part = "bytes " + from + "-" + (to - 1) + "/" + replica.length;
            return new Response(206, Map.of("Content-Range", List.of(part)), Arrays.copyOfRange(replica, from, to));
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    private Model download(int missing) throws InterruptedException {
        return download(new Server(missing));
    }

    private Model download(Transport server) throws InterruptedException {
        return downloader(server, false).result(3);
    }

    private ModelDownloader downloader(Transport server, boolean replicas) {
        Retries retries = new Retries(
                server,
                new FakeTime(),
                () -> 0.5,
                Duration.ofMinutes(1),
                new StopFlag(),
                (request, cause, pause) -> {});
        Coordinator coordinator = new Coordinator(URI.create("http://coordinator.test"), retries);
        coordinator.use(new Credentials("c", "secret"));
        RunPlan plan = new RunPlan(
                "large",
                TensorLayout.flat(DIMENSION),
                5,
                5,
                "ef14",
                "ef14",
                "plain",
                "constant:1",
                "constant:1",
                "top-k:0.01",
                null,
                OptionalInt.empty(),
                0,
                0,
                1_000_000,
                null,
                null);
        ClientListener listener = new ClientListener() {
            @Override
            public void modelFetched(int round, ModelKind kind, long bytes) {
                fetched.add(bytes);
            }

            @Override
            public void modelPieceFetched(int round, long arrived, long bytes) {
                fetched.add(arrived);
            }
        };
        return new ModelDownloader(coordinator, plan, false, replicas, listener);
    }

    @Test
    void aBreakRepeatsOnePiece() throws InterruptedException {
        Model model = download(0);

        assertThat(ranges)
                .containsExactly(
                        "bytes=0-8388607",
                        "bytes=8388608-16777215",
                        "bytes=8388608-16777215",
                        "bytes=16777216-19999999");
        for (int j = 0; j < DIMENSION; j += 999) {
            assertThat(model.get(j)).isEqualTo((float) j);
        }
        assertThat(model.get(DIMENSION - 1)).isEqualTo((float) (DIMENSION - 1));
        assertThat(fetched).containsExactly(8_388_608L, 16_777_216L, 20_000_000L, 20_000_000L);
    }

    @Test
    void theWholeModelIsAcceptedFromAProxyThatDropsRanges() throws InterruptedException {
        Model model = download(new RangelessProxy());

        assertThat(ranges).containsExactly("bytes=0-8388607");
        assertThat(model.get(DIMENSION - 1)).isEqualTo((float) (DIMENSION - 1));
        assertThat(fetched).containsExactly(20_000_000L);
    }

    @Test
    void aPieceOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> download(4))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("model of round 3 from byte 0 on has 8388604 bytes, expected 8388608");
    }

    @Test
    void aReplicaIsDownloadedInPieces() throws InterruptedException {
        double[] x = new double[DIMENSION];
        Arrays.setAll(x, j -> j);
        byte[] replica = new Replica(0, x, new double[DIMENSION]).encode();

        Model model = downloader(new ReplicaServer(replica), true)
                .fetch(new DeviceTask.Work(0, 4L * DIMENSION, null, replica.length, 0, null, null, false));

        assertThat(model.toDoubles()).isEqualTo(x);
        assertThat(ranges)
                .containsExactly(
                        "bytes=0-8388607",
                        "bytes=8388608-16777215",
                        "bytes=8388608-16777215",
                        "bytes=16777216-25165823");
        long size = replica.length;
        assertThat(fetched).containsExactly(8L << 20, 16L << 20, size, size);
    }
}
