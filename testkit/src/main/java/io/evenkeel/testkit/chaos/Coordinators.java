package io.evenkeel.testkit.chaos;

import io.evenkeel.operator.process.CoordinatorProcess;
import io.evenkeel.operator.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** All coordinators of a deployment, each in a JVM of its own. For one thread at a time. */
final class Coordinators implements AutoCloseable {

    private final List<CoordinatorProcess> all = new ArrayList<>();
    private final Deployment deployment;
    private int turn;

    Coordinators(JavaLaunch launch, Path folder, Deployment deployment) throws IOException {
        this.deployment = deployment;
        String token = CoordinatorProcess.newToken();
        List<String> settings = new ArrayList<>(deployment.database().arguments());
        settings.addAll(List.of("--springdoc.api-docs.enabled=false", "--springdoc.swagger-ui.enabled=false"));
        settings.addAll(deployment.options());
        for (int i = 0; i < deployment.replicas(); i++) {
            Path log = folder.resolve(i == 0 ? "coordinator.log" : "coordinator-" + i + ".log");
            all.add(new CoordinatorProcess(
                    launch, log, token, deployment.database().secrets(), settings));
        }
    }

    /** Starts the first one, which makes the tables, and then the others, and waits until all answer. */
    void start() throws IOException {
        any().start();
        any().awaitUp();
        for (CoordinatorProcess other : all.subList(1, all.size())) {
            other.start();
        }
        awaitBack();
    }

    /** Waits until all answer again. */
    void awaitBack() throws IOException {
        for (CoordinatorProcess coordinator : all) {
            coordinator.awaitBack();
        }
    }

    List<Integer> ports() {
        return all.stream().map(CoordinatorProcess::port).toList();
    }

    /** Returns one of them. */
    CoordinatorProcess any() {
        return all.get(0);
    }

    /** Waits until somebody is left when another one dies; if there is but one, until it answers. */
    void awaitEnough() throws IOException {
        int up = (int) all.stream().filter(CoordinatorProcess::isUp).count();
        for (int i = 0; i < all.size() && up < Math.min(2, all.size()); i++) {
            if (!all.get(i).isUp()) {
                all.get(i).awaitBack();
                up++;
            }
        }
    }

    /** Returns one after the other of those that answer. */
    CoordinatorProcess next() {
        for (int i = 0; i < all.size(); i++) {
            turn = (turn + 1) % all.size();
            if (all.get(turn).isUp()) {
                break;
            }
        }
        return all.get(turn);
    }

    /** Returns the one that moves the run on; any if nobody does at the moment. */
    CoordinatorProcess holder() {
        OptionalLong process = deployment.database().holder();
        return all.stream()
                .filter(one -> process.isPresent() && one.isProcess(process.getAsLong()))
                .findFirst()
                .orElseGet(this::next);
    }

    /** Tells whether there are several, so that the others go on when one dies. */
    boolean areSeveral() {
        return all.size() > 1;
    }

    @Override
    public void close() {
        all.forEach(CoordinatorProcess::close);
    }
}
