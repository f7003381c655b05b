package io.evenkeel.testkit.console;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A coordinator of its own, and a browser that shows its console. */
final class ConsoleScene implements AutoCloseable {

    private final CoordinatorProcess coordinator;
    private final Browser browser;

    /** Starts the coordinator, which keeps its data in a folder, and the browser. */
    ConsoleScene(Path folder, String... settings) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(settings));
        arguments.add("--evenkeel.data=" + folder.resolve("data"));
        arguments.add("--server.shutdown=immediate");
        coordinator = new CoordinatorProcess(
                CoordinatorJar.quick(JavaLaunch.QUICK),
                folder.resolve("coordinator.log"),
                CoordinatorProcess.newToken(),
                List.of(),
                arguments);
        coordinator.start();
        coordinator.awaitUp();
        browser = new Browser(coordinator.address().toString());
    }

    Browser browser() {
        return browser;
    }

    CoordinatorProcess coordinator() {
        return coordinator;
    }

    OperatorApi operator() {
        return coordinator.operator();
    }

    CoordinatorClient client() {
        return new CoordinatorClient(coordinator.address(), coordinator::token);
    }

    /** Creates a run with 20 parameters. */
    void createRun(String run, int rounds) {
        operator().createRun(Map.of("name", run, "dimension", 20, "algorithm", "ef21-norm", "rounds", rounds));
    }

    /** Creates an access token for a viewer or an operator. */
    String accessToken(String name, String role) {
        return client().post(ApiPath.of("access-tokens"), Map.of("name", name, "role", role))
                .path("token")
                .asString();
    }

    @Override
    public void close() {
        browser.close();
        coordinator.close();
    }
}
