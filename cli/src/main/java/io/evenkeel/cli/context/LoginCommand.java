package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import io.evenkeel.tools.terminal.StandardCommand;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Stores the address of a coordinator and a token for it as a context. */
@Command(
        name = "login",
        description = {
            "Stores a coordinator's address and a token for it, in a file that only you can read. Later commands use them.",
            "With --issuer you log in at an identity provider, in any browser. Otherwise the command asks for the token."
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel login --coordinator https://fleet.example",
            "  evenkeel login --name prod --coordinator https://fleet.example \\",
            "      --issuer https://login.example/realms/fleet --client-id evenkeel-cli",
            "  evenkeel login --coordinator https://fleet.example --token-stdin <token.txt"
        })
public final class LoginCommand extends StandardCommand {

    private final CliEnvironment environment;

    @Option(
            names = "--coordinator",
            paramLabel = "URL",
            description = "The coordinator's address (default: http://localhost:8080).")
    private URI coordinator = URI.create("http://localhost:8080");

    @Option(names = "--name", paramLabel = "NAME", description = "The context's name (default: the address's host).")
    private @Nullable String name;

    @Option(names = "--token-stdin", description = "Read the token from standard input.")
    private boolean tokenOnInput;

    @Option(names = "--issuer", paramLabel = "URL", description = "The identity provider's issuer.")
    private @Nullable URI issuer;

    @Option(
            names = "--client-id",
            paramLabel = "ID",
            description = "A public client of the identity provider that may use the device authorization grant"
                    + " (default: evenkeel-cli).")
    private String clientId = "evenkeel-cli";

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "The scopes to request from the identity provider (default: openid offline_access).")
    private String scope = "openid offline_access";

    @Spec
    private CommandSpec spec;

    LoginCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Context context = issuer == null ? withToken() : withProvider(issuer);
        String token = context.token();
        // Checks the token now, so that the first command does not fail.
        JsonNode caller = new CoordinatorClient(coordinator, () -> token).get(ApiPath.of("caller"));
        ContextStore store = new ContextStore(environment);
        store.write(store.read().with(context).using(context.name()));
        spec.commandLine()
                .getOut()
                .println("logged in as " + caller.path("role").asString() + " '"
                        + TerminalText.printable(caller.path("name").asString()) + "': context '" + context.name()
                        + "' is "
                        + context.coordinator() + ", stored in " + store.file());
        return 0;
    }

    private Context withToken() throws IOException {
        String token = (tokenOnInput ? environment.input().readLine() : askForToken());
        if (token == null || token.isBlank()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "there is no token: type it when asked, or use --token-stdin; the coordinator's first"
                            + " start prints the operator's");
        }
        return new Context(contextName(), coordinator, token.strip(), null);
    }

    @SuppressWarnings("SystemConsoleNull") // On JDK 22 and later, the terminal check below decides.
    private @Nullable String askForToken() {
        var console = System.console();
        if (console == null || !environment.terminal().get().interactive()) {
            return null;
        }
        char[] token = console.readPassword("Token for %s: ", coordinator);
        return token == null ? null : new String(token);
    }

    private Context withProvider(URI provider) throws InterruptedException {
        DeviceLogin login = new DeviceLogin(environment, line -> {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        });
        DeviceLogin.Tokens tokens = login.login(provider, clientId, scope);
        return new Context(contextName(), coordinator, tokens.token(), tokens.session());
    }

    private String contextName() {
        String host = coordinator.getHost();
        String text = name != null ? name : host == null ? "default" : host;
        if (!text.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--name is '" + text + "': expected letters, digits, '.', '_' and '-', at most 64");
        }
        return text;
    }
}
