package io.evenkeel.cli.runs;

import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file with a model. Its name's end says its form.
 *
 * @param file the file, which can be read
 * @param mediaType the form's media type
 */
record ModelFile(Path file, String mediaType) {

    /** Returns the form that a file's name stands for: {@code npy}, {@code safetensors}, or else {@code raw}. */
    static String form(Path file) {
        String name = file.toString();
        return name.endsWith(".npy") ? "npy" : name.endsWith(".safetensors") ? "safetensors" : "raw";
    }

    static ModelFile of(Path file) {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no file " + file + " that can be read: correct its name");
        }
        String form = form(file);
        return new ModelFile(file, form.equals("raw") ? "application/octet-stream" : "application/x-" + form);
    }

    /** Uploads the model that a created run starts from; {@code dtype} is the type of raw numbers, or null. */
    void put(CoordinatorClient client, String run, @Nullable String dtype) {
        client.upload("PUT", ApiPath.of("runs", run, "model").with("dtype", dtype), mediaType, file);
    }
}
