package io.evenkeel.pilot.chaos;

import io.evenkeel.client.http.JdkTransport;
import io.evenkeel.client.http.Retries;
import io.evenkeel.client.http.StopSignal;
import io.evenkeel.client.http.Time;
import io.evenkeel.client.protocol.Coordinator;
import io.evenkeel.client.protocol.Credentials;
import io.evenkeel.client.protocol.MemberState;
import io.evenkeel.client.protocol.Membership;
import io.evenkeel.client.protocol.Receipt;
import io.evenkeel.client.state.DeviceState;
import io.evenkeel.client.state.FileStateStore;
import io.evenkeel.client.state.StateStore;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.wire.FrameCodec;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.pilot.operator.OperatorApi;
import io.evenkeel.pilot.operator.RoundFigures;
import io.evenkeel.pilot.process.CoordinatorProcess;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gathers the evidence once a run is over, with no faults on the way. For one use. */
final class Inquest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PAGE = 100;
    private static final long MARGIN = 1 << 16;

    private final ChaosSettings settings;
    private final CoordinatorProcess coordinator;
    private final Witness witness;
    private final List<String> clients = new ArrayList<>();
    private final List<Standing> held = new ArrayList<>();
    private final List<Standing> kept = new ArrayList<>();
    private double[] sum = new double[0];

    Inquest(ChaosSettings settings, CoordinatorProcess coordinator, Witness witness) {
        this.settings = settings;
        this.coordinator = coordinator;
        this.witness = witness;
    }

    /** Asks devices' folders, the coordinator and, after ending it, its database. */
    Evidence gather(List<Path> folders) throws InterruptedException, SQLException {
        try (JdkTransport transport = new JdkTransport(PATIENCE, PATIENCE, null)) {
            for (Path folder : folders) {
                ask(folder, transport);
            }
        }
        OperatorApi operator = new OperatorApi(coordinator.address(), coordinator.token());
        double[] x = new double[settings.dimension()];
        ByteBuffer.wrap(operator.model(ChaosSettings.RUN, settings.rounds()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(x);
        List<RoundFigures> rounds = rounds(operator);
        coordinator.kill();
        List<Accepted> log = MessageLog.read(coordinator.databaseUrl());
        return new Evidence(clients, witness.receipts(), witness.messages(), log, rounds, held, kept, x, sum);
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

    private void ask(Path folder, JdkTransport transport) throws InterruptedException {
        Credentials credentials;
        try (FileStateStore store = FileStateStore.open(folder)) {
            credentials = credentials(store);
            DeviceState state = DeviceState.open(
                    store,
                    ChaosSettings.RUN,
                    credentials.client(),
                    Preset.parse(ChaosSettings.ALGORITHM).feedback(),
                    settings.dimension());
            held.add(new Standing(
                    state.sequence(), state.head(), state.feedback().vectors().get(0)));
        }
        clients.add(credentials.client());
        Retries retries =
                new Retries(transport, Time.SYSTEM, () -> 0, PATIENCE, new StopSignal(), (what, why, pause) -> {});
        Coordinator api = new Coordinator(coordinator.address(), retries);
        api.use(credentials);
        Membership member = api.membership(ChaosSettings.RUN);
        long most = 2L * Double.BYTES * settings.dimension() + MARGIN;
        MemberState state = api.state(ChaosSettings.RUN, most);
        double[] memory = FrameCodec.decode(state.frame(), FrameLimits.of(settings.dimension()))
                .toDense();
        kept.add(new Standing(member.sequence(), member.head(), memory));
        byte[] replica = api.replica(ChaosSettings.RUN, settings.rounds(), most);
        sum = Replica.decode(replica, 0, replica.length, settings.dimension()).sum();
        sendAllAgain(api, credentials.client());
    }

    /** A message sent again has to get the receipt it got, however late. */
    private void sendAllAgain(Coordinator api, String client) throws InterruptedException {
        Map<Long, byte[]> messages = witness.messages();
        for (Accepted first : List.copyOf(witness.distinct())) {
            if (first.client().equals(client)) {
                byte[] bytes = Objects.requireNonNull(messages.get(first.digest()));
                Receipt again = api.send(ChaosSettings.RUN, first.round(), bytes);
                witness.received(new Accepted(
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
