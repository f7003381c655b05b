package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The coordinators of a deployment, each in a separate JVM. Not thread-safe. */
public final class Coordinators implements AutoCloseable {

    private final List<CoordinatorProcess> all = new ArrayList<>();
    private final ChaosDeployment deployment;
    private int turn;

    public Coordinators(JavaLaunch launch, Path folder, ChaosDeployment deployment) throws IOException {
        this.deployment = deployment;
        String token = CoordinatorProcess.newToken();
        List<String> settings = new ArrayList<>(deployment.database().arguments());
        settings.addAll(deployment.options());
        List<String> secrets = new ArrayList<>(deployment.database().secrets());
        FaultyStore store = deployment.store();
        if (store != null) {
            settings.addAll(store.arguments());
            secrets.addAll(store.secrets());
        }
        for (int i = 0; i < deployment.replicas(); i++) {
            Path log = folder.resolve(i == 0 ? "coordinator.log" : "coordinator-" + i + ".log");
            all.add(new CoordinatorProcess(launch, log, token, secrets, settings));
        }
    }

    /** Starts the first coordinator, which creates the tables, and then the others; waits until all respond. */
    public void start() throws IOException {
        any().start();
        any().awaitUp();
        for (CoordinatorProcess other : all.subList(1, all.size())) {
            other.start();
        }
        awaitBack();
    }

    /** Waits until all respond again. */
    public void awaitBack() throws IOException {
        for (CoordinatorProcess coordinator : all) {
            coordinator.awaitBack();
        }
    }

    public List<Integer> ports() {
        return all.stream().map(CoordinatorProcess::port).toList();
    }

    public List<CoordinatorProcess> all() {
        return List.copyOf(all);
    }

    public CoordinatorProcess at(int port) {
        return all.stream().filter(one -> one.port() == port).findFirst().orElseThrow();
    }

    public CoordinatorProcess any() {
        return all.get(0);
    }

    /**
     * Waits until enough coordinators respond that one remains after the next kill; if there is only one, until it
     * responds.
     */
    public void awaitEnough() throws IOException {
        int up = (int) all.stream().filter(CoordinatorProcess::isUp).count();
        for (int i = 0; i < all.size() && up < Math.min(2, all.size()); i++) {
            if (!all.get(i).isUp()) {
                all.get(i).awaitBack();
                up++;
            }
        }
    }

    /** Returns the next responding coordinator, in turn. */
    public CoordinatorProcess next() {
        for (int i = 0; i < all.size(); i++) {
            turn = (turn + 1) % all.size();
            if (all.get(turn).isUp()) {
                break;
            }
        }
        return all.get(turn);
    }

    /** Returns the coordinator that holds the run's lease, or any if none does. */
    public CoordinatorProcess holder() {
        OptionalLong process = deployment.database().holder();
        return all.stream()
                .filter(one -> process.isPresent() && one.isProcess(process.getAsLong()))
                .findFirst()
                .orElseGet(this::next);
    }

    /** Returns whether there are several coordinators, so that the others continue when one is killed. */
    public boolean areSeveral() {
        return all.size() > 1;
    }

    @Override
    public void close() {
        all.forEach(CoordinatorProcess::close);
    }
}
