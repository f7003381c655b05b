package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.command.DeleteCommand;
import io.evenkeel.operator.ApiPath;
import picocli.CommandLine.Command;

/** Deletes evaluations. */
@Command(
        name = "delete",
        description = "Deletes an evaluation that has ended for good, with its statistics and results.")
final class DeleteEvaluationCommand extends DeleteCommand {

    DeleteEvaluationCommand() {
        super("evaluations", "evaluation");
    }

    @Override
    protected ApiPath path(String record) {
        return ApiPath.of("evaluations", record);
    }
}
