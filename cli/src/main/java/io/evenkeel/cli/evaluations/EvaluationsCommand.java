package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeleteOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel evaluations}. */
@Command(
        name = "evaluations",
        description = "Measures a model on devices without training.",
        subcommands = CreateEvaluationCommand.class)
public final class EvaluationsCommand extends Program {

    EvaluationsCommand() {
        super("create", "list", "show", "cancel", "delete");
    }

    @Command(name = "list", description = "Lists evaluations, newest first.")
    void list(
            @Mixin ApiOptions api,
            @Option(
                            names = "--name",
                            paramLabel = "TEXT",
                            description = "Only evaluations with this text in their names.")
                    @Nullable
                    String search,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The maximum number of entries, 1 to 1000 (default: 100).")
                    int limit) {
        api.print(api.get(ApiPath.of("evaluations").with("search", search).with("limit", limit)), EvaluationText::list);
    }

    @Command(name = "show", description = "Shows an evaluation with its statistics over devices and groups.")
    void show(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "EVALUATION", description = "The evaluation's name.") String name) {
        api.print(api.get(ApiPath.of("evaluations", name)), EvaluationText::lines);
    }

    @Command(name = "cancel", description = "Ends an evaluation that accepts results. Its results are kept.")
    void cancel(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "EVALUATION", description = "The evaluation's name.") String name,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require("End evaluation '" + name + "'?");
        api.print(client.post(ApiPath.of("evaluations", name, "cancel"), null), EvaluationText::lines);
    }

    @Command(name = "delete", description = "Permanently deletes an ended evaluation, with its statistics and results.")
    void delete(@Mixin ApiOptions api, @Mixin DeleteOptions deletion) throws IOException {
        deletion.delete(api, "evaluations", "evaluation", name -> ApiPath.of("evaluations", name));
    }
}
