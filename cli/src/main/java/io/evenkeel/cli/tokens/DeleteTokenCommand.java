package io.evenkeel.cli.tokens;

import io.evenkeel.cli.command.DeleteCommand;
import io.evenkeel.operator.ApiPath;
import picocli.CommandLine.Command;

/** Deletes enrolment tokens. */
@Command(
        name = "delete",
        description =
                "Deletes the record of an enrolment token for good that is used up, expired or revoked. Devices that"
                        + " enrolled with it stay enrolled.")
final class DeleteTokenCommand extends DeleteCommand {

    DeleteTokenCommand() {
        super("tokens", "token");
    }

    @Override
    protected ApiPath path(String record) {
        return ApiPath.of("enrolment-tokens", record, "record");
    }
}
