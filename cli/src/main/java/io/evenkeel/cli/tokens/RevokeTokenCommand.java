package io.evenkeel.cli.tokens;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.OperatorException;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Revokes a token of either kind. */
@Command(
        name = "revoke",
        description =
                "Revokes a token for good. Devices that enrolled with it stay enrolled; an operator or viewer is refused"
                        + " from the next request on.")
final class RevokeTokenCommand extends ApiCommand {

    @Parameters(paramLabel = "ID", description = "The token's id, as 'tokens list' shows it.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    RevokeTokenCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("Revoke token " + id + " for good?");
        for (TokenKind kind : TokenKind.values()) {
            if (revoke(client, kind)) {
                var done = new JsonMapper().createObjectNode().put("id", id).put("revoked", true);
                output.print(done, page -> List.of("token " + id + " is revoked"));
                return 0;
            }
        }
        throw new CommandFailure(
                ExitCode.NOT_FOUND, "there is no token with the id '" + id + "': see 'evenkeel tokens list'");
    }

    private boolean revoke(CoordinatorClient client, TokenKind kind) {
        try {
            client.delete(kind.one(id));
            return true;
        } catch (OperatorException e) {
            if (e.problem().equals(kind.notFound())) {
                return false;
            }
            throw e;
        }
    }
}
