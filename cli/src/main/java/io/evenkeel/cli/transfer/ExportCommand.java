package io.evenkeel.cli.transfer;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.exportfile.DamagedExportFileException;
import io.evenkeel.tools.exportfile.ExportFile;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code evenkeel export}: writes a run, a model or everything to a file. */
@Command(
        name = "export",
        description = {
            "Writes a run, a registered model or everything to a file, while work continues.",
            "",
            "A run comes with its devices, messages, models and records, its arm of an experiment, and evaluations of its"
                    + " models. A registered model comes with its versions, aliases and roll-outs, and evaluations of its"
                    + " versions."
        },
        footer = {
            "",
            "The file is verified before it gets its name. It contains the hashed secrets of devices: protect it like"
                    + " a backup.",
            "It contains neither webhooks, operators' tokens nor the audit log.",
            "An export of everything leaves out a run whose stored data is damaged, and reports it: the exit code is 1."
        })
public final class ExportCommand extends ApiCommand {

    @ArgGroup(multiplicity = "1")
    private Subject subject;

    /** The subject of an export. */
    private static final class Subject {

        @Option(names = "--run", paramLabel = "NAME", description = "A run, by its name.")
        private @Nullable String run;

        @Option(names = "--model", paramLabel = "NAME", description = "A registered model, by its name.")
        private @Nullable String model;

        @Option(
                names = "--all",
                description = "All devices, runs, models, roll-outs, experiments and evaluations, at one instant.")
        private boolean all;

        void download(OperatorApi api, Path to) {
            if (run != null) {
                api.exportRun(run, to);
            } else if (model != null) {
                api.exportModel(model, to);
            } else {
                api.exportAll(to);
            }
        }

        String text() {
            return all ? "everything" : run != null ? "run '" + run + "'" : "model '" + model + "'";
        }

        void describe(ObjectNode done) {
            if (run != null) {
                done.put("run", run);
            } else if (model != null) {
                done.put("model", model);
            } else {
                done.put("all", true);
            }
        }
    }

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; an existing file is replaced.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try {
                return export(client, output, part);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (DamagedExportFileException e) {
            throw new CommandFailure(
                    "the export is incomplete (" + e.getMessage() + "): check the coordinator's log, then export again",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(
                    file + " cannot be written (" + e + "): check the folder and the free space on the disk", e);
        }
    }

    private int export(CoordinatorClient client, OutputOptions output, Path part) throws IOException {
        subject.download(new OperatorApi(client), part);
        long rows;
        List<String> leftOut = new ArrayList<>();
        // A broken connection can look like the end of the file.
        try (InputStream in = new BufferedInputStream(Files.newInputStream(part))) {
            rows = ExportFile.read(in, (kind, content) -> {
                if (kind == ExportFile.LEFT_OUT) {
                    leftOut.add(ExportFile.leftOut(content));
                }
            });
        }
        long bytes = Files.size(part);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        ObjectNode done = new JsonMapper().createObjectNode();
        subject.describe(done);
        done.put("file", file.toString()).put("rows", rows).put("bytes", bytes);
        leftOut.forEach(done.withArray("leftOut")::add);
        String text = String.format(
                Locale.ROOT, "%s: %s, %,d rows, %,d bytes, all checksums verified", file, subject.text(), rows, bytes);
        output.print(done, page -> text(text, leftOut, page));
        return leftOut.isEmpty() ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }

    private static List<String> text(String written, List<String> leftOut, TextLayout page) {
        List<String> lines = new ArrayList<>(List.of(written));
        leftOut.forEach(what -> lines.add(page.style().paint(Tone.BAD, "left out: " + what)));
        return lines;
    }
}
