package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeleteCommand;
import io.evenkeel.operator.ApiPath;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Deletes runs. */
@Command(
        name = "delete",
        description =
                "Deletes a run that is not under way for good, with its members, messages, models, rounds, events and the"
                        + " evaluations of its models. Asks for the run's name. 'evenkeel export' keeps a copy.")
final class DeleteRunCommand extends DeleteCommand {

    DeleteRunCommand() {
        super("runs", "run");
    }

    @Override
    protected ApiPath path(String record) {
        return ApiPath.of("runs", record);
    }

    @Override
    protected void confirm(Confirmation asking, String record) throws IOException {
        asking.requireTyped("Delete run '" + record + "' for good, with its messages and models?", record);
    }
}
