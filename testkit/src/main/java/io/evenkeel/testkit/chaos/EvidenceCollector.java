package io.evenkeel.testkit.chaos;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.FileStateStore;
import io.evenkeel.client.JdkTransport;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.StateStore;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.Time;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Credentials;
import io.evenkeel.client.internal.protocol.MemberState;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.wire.FrameCodec;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.RoundFigures;
import io.evenkeel.operator.process.CoordinatorProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Collects the evidence after a run, without faults in the proxy. For one use. */
final class EvidenceCollector {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PAGE = 100;
    private static final long MARGIN = 1 << 16;

    private final ChaosSettings settings;
    private final CoordinatorProcess coordinator;
    private final TrafficRecorder recorder;
    private final Map<String, ChainState> held = new HashMap<>();
    private final Map<String, ChainState> kept = new HashMap<>();
    private double[] sum = new double[0];

    EvidenceCollector(ChaosSettings settings, CoordinatorProcess coordinator, TrafficRecorder recorder) {
        this.settings = settings;
        this.coordinator = coordinator;
        this.recorder = recorder;
    }

    /**
     * Reads the devices' folders and queries the coordinator.
     *
     * @param folders the folders of the devices, in order
     * @param changes the changes of memberships
     * @param export the file for the coordinator's export of the run
     */
    Evidence gather(List<Path> folders, List<Change> changes, Path export) throws InterruptedException, IOException {
        List<String> clients = new ArrayList<>();
        try (JdkTransport transport = new JdkTransport(PATIENCE, PATIENCE, null)) {
            for (Path folder : folders) {
                clients.add(ask(folder, transport));
            }
        }
        OperatorApi operator = coordinator.operator();
        double[] x = new double[settings.dimension()];
        ByteBuffer.wrap(operator.model(ChaosSettings.RUN, settings.rounds()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(x);
        operator.exportRun(ChaosSettings.RUN, export);
        RunLog log = RunLog.read(export);
        History history = log.history(clients, changes);
        Map<History.MembershipPeriod, ChainState> heldBy = new HashMap<>();
        Map<History.MembershipPeriod, ChainState> keptOf = new HashMap<>();
        Map<History.MembershipPeriod, Double> weights = new HashMap<>();
        for (History.MembershipPeriod member : history.periods()) {
            ChainState device = held.get(member.client());
            ChainState its = kept.get(member.client());
            if (member.to() == Integer.MAX_VALUE && device != null && its != null) {
                heldBy.put(member, device);
                keptOf.put(member, its);
                weights.put(member, log.weight(member));
            }
        }
        return new Evidence(
                history,
                recorder.receipts(),
                recorder.messages(),
                log.messages(),
                rounds(operator),
                heldBy,
                keptOf,
                weights,
                operator.audit(ChaosSettings.RUN),
                x,
                sum);
    }

    private static List<RoundFigures> rounds(OperatorApi operator) {
        List<RoundFigures> all = new ArrayList<>();
        List<RoundFigures> page;
        do {
            page = operator.rounds(ChaosSettings.RUN, all.size(), PAGE);
            all.addAll(page);
        } while (!page.isEmpty());
        return all;
    }

    /** Returns the device's id. */
    private String ask(Path folder, JdkTransport transport) throws InterruptedException {
        try (FileStateStore store = FileStateStore.open(folder)) {
            Credentials credentials = credentials(store);
            String client = credentials.client();
            Retries retries =
                    new Retries(transport, Time.SYSTEM, () -> 0, PATIENCE, new StopFlag(), (what, why, pause) -> {});
            Coordinator api = new Coordinator(coordinator.address(), retries);
            api.use(credentials);
            compare(client, api, store);
            sendAllAgain(api, client);
            return client;
        }
    }

    private void compare(String client, Coordinator api, StateStore store) throws InterruptedException {
        RunMembership member;
        try {
            member = api.membership(ChaosSettings.RUN);
        } catch (CoordinatorException e) {
            if (e.problem().type() == ProblemType.MEMBER_NOT_FOUND) {
                return; // it left, and the run ended before it could return
            }
            throw e;
        }
        DeviceState state = DeviceState.open(
                store,
                ChaosSettings.RUN,
                client,
                Preset.parse(ChaosSettings.ALGORITHM).feedback(),
                settings.dimension());
        held.put(
                client,
                new ChainState(
                        state.sequence(),
                        state.head(),
                        state.feedback().vectors().get(0)));
        long most = 2L * Double.BYTES * settings.dimension() + MARGIN;
        MemberState its = api.state(ChaosSettings.RUN, most);
        double[] memory = FrameCodec.decode(its.frame(), FrameLimits.of(settings.dimension()))
                .toDense();
        kept.put(client, new ChainState(member.sequence(), member.head(), memory));
        byte[] replica = api.replica(ChaosSettings.RUN, settings.rounds(), most);
        sum = Replica.decode(replica, 0, replica.length, settings.dimension()).sum();
    }

    /** Sends each message again: a repetition must get the original receipt at any time. */
    private void sendAllAgain(Coordinator api, String client) throws InterruptedException {
        Map<Long, byte[]> messages = recorder.messages();
        for (Accepted first : List.copyOf(recorder.distinct())) {
            if (first.client().equals(client)) {
                byte[] bytes = Objects.requireNonNull(messages.get(first.digest()));
                Receipt again = api.send(ChaosSettings.RUN, first.round(), bytes);
                recorder.received(new Accepted(
                        again.client(), again.round(), again.includedIn(), again.sequence(), again.digest()));
            }
        }
    }

    private static Credentials credentials(StateStore store) {
        String json = new String(Objects.requireNonNull(store.read("credentials")), StandardCharsets.UTF_8);
        JsonNode fields = new JsonMapper().readTree(json);
        return new Credentials(
                fields.path("client").asString(), fields.path("secret").asString());
    }
}
