package io.evenkeel.testkit.chaos;

import io.evenkeel.client.FileStateStore;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.testkit.chaos.verdict.Accepted;
import io.evenkeel.testkit.chaos.verdict.Evidence;
import io.evenkeel.testkit.chaos.verdict.History;
import io.evenkeel.testkit.chaos.verdict.LossReport;
import io.evenkeel.testkit.chaos.verdict.RunLog;
import io.evenkeel.testkit.device.DeviceApi;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.CoordinatorProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Collects the evidence after a run, without faults in the proxy. For one use. */
final class EvidenceCollector {

    private final ChaosSettings settings;
    private final CoordinatorProcess coordinator;
    private final TrafficRecorder recorder;
    private final CohortRecorder cohorts;
    private final Map<String, Evidence.ChainState> held = new HashMap<>();
    private final Map<String, Evidence.ChainState> kept = new HashMap<>();
    private double[] sum = new double[0];

    EvidenceCollector(
            ChaosSettings settings, CoordinatorProcess coordinator, TrafficRecorder recorder, CohortRecorder cohorts) {
        this.settings = settings;
        this.coordinator = coordinator;
        this.recorder = recorder;
        this.cohorts = cohorts;
    }

    /**
     * Reads the devices' folders and queries the coordinator.
     *
     * @param folders the folders of the devices, in order
     * @param changes the changes of memberships
     * @param reports the losses that devices reported
     * @param recoveries how devices recovered from the loss of their disks
     * @param export the file for the coordinator's export of the run
     */
    Evidence gather(
            List<Path> folders,
            List<Change> changes,
            List<LossReport> reports,
            List<DiskRecovery> recoveries,
            Path export)
            throws IOException {
        List<String> clients = new ArrayList<>();
        for (int device = 0; device < folders.size(); device++) {
            clients.add(query(folders.get(device), unknownOutcomes(device, changes)));
        }
        OperatorApi operator = coordinator.operator();
        double[] x = OperatorApi.values(operator.model(ChaosSettings.RUN, settings.rounds()));
        double[] w = OperatorApi.values(operator.devicesModel(ChaosSettings.RUN, settings.rounds()));
        operator.exportRun(ChaosSettings.RUN, export);
        RunLog log = RunLog.read(export);
        List<Change> all = new ArrayList<>(changes);
        reports.forEach(report ->
                all.add(new Change(clients.indexOf(report.client()), Change.Kind.FOLLOW, report.firstRound())));
        History history = log.history(clients, all);
        Map<History.MembershipPeriod, Evidence.ChainState> heldBy = new HashMap<>();
        Map<History.MembershipPeriod, Evidence.ChainState> keptOf = new HashMap<>();
        Map<History.MembershipPeriod, Double> weights = new HashMap<>();
        for (History.MembershipPeriod member : history.periods()) {
            Evidence.ChainState device = held.get(member.client());
            Evidence.ChainState its = kept.get(member.client());
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
                cohorts.masked(),
                cohorts.announced(),
                recoveries,
                log.messages(),
                operator.allRounds(ChaosSettings.RUN),
                heldBy,
                keptOf,
                weights,
                operator.audit(ChaosSettings.RUN),
                x,
                w,
                sum);
    }

    /** Returns the rounds whose outcome a device never requested, since it forgot that it had sent a masked vector. */
    private static List<Integer> unknownOutcomes(int device, List<Change> changes) {
        return changes.stream()
                .filter(change -> change.device() == device && change.kind() == Change.Kind.LOSE_DISK_MASKED)
                .map(Change::round)
                .toList();
    }

    /** Compares a device with the coordinator and sends its messages again; returns the device's id. */
    private String query(Path folder, List<Integer> unknownOutcomes) {
        try (FileStateStore store = FileStateStore.open(folder)) {
            SavedDevice device = SavedDevice.in(store);
            DeviceApi api = new DeviceApi(coordinator.address(), device, ChaosSettings.RUN);
            compare(device, api);
            unknownOutcomes.forEach(round -> api.outcome(round).ifPresent(this::received));
            sendAllAgain(api, device.client());
            return device.client();
        }
    }

    private void compare(SavedDevice device, DeviceApi api) {
        Optional<DeviceApi.Chain> chain = api.chain();
        if (chain.isEmpty()) {
            return; // The device left, and the run ended before it could return.
        }
        SavedDevice.Position own = device.position(
                ChaosSettings.RUN,
                settings.algorithm().feedback(),
                settings.dimension(),
                settings.secure() ? ChaosSettings.REBASE : null);
        held.put(
                device.client(),
                new Evidence.ChainState(
                        own.sequence(), own.head(), own.vectors().get(0)));
        // Only the device knows its contribution to a cohort's sum.
        double[] memory = settings.secure() ? own.vectors().get(0) : api.state(settings.dimension());
        kept.put(
                device.client(),
                new Evidence.ChainState(chain.get().sequence(), chain.get().head(), memory));
        sum = api.replica(settings.rounds(), settings.dimension()).sum();
    }

    /** Sends each message again, or requests its outcome: a repetition must always get the original receipt. */
    private void sendAllAgain(DeviceApi api, String client) {
        Map<Long, byte[]> messages = recorder.messages();
        for (Accepted first : List.copyOf(recorder.distinct())) {
            if (first.client().equals(client)) {
                Receipt again = settings.secure()
                        ? api.outcome(first.round()).orElseThrow()
                        : api.send(first.round(), Objects.requireNonNull(messages.get(first.digest())));
                received(again);
            }
        }
    }

    private void received(Receipt receipt) {
        recorder.received(new Accepted(
                receipt.client(), receipt.round(), receipt.includedIn(), receipt.sequence(), receipt.digest()));
    }
}
