package io.evenkeel.cli.tokens;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel tokens}. */
@Command(
        name = "tokens",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Creates, lists, revokes and deletes tokens: devices enrol with them, operators and viewers log in with them.",
        subcommands = {
            CreateTokenCommand.class,
            ListTokensCommand.class,
            RevokeTokenCommand.class,
            DeleteTokenCommand.class
        })
public final class TokensCommand extends Program {

    TokensCommand() {}
}
