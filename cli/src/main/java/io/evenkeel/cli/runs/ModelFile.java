package io.evenkeel.cli.runs;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model file. Its extension determines the format.
 *
 * @param file a readable file
 * @param mediaType the media type of the format
 */
record ModelFile(Path file, String mediaType) {

    /** Returns the format for a file's name: {@code npy}, {@code safetensors}, or else {@code raw}. */
    static String form(Path file) {
        String name = file.toString();
        return name.endsWith(".npy") ? "npy" : name.endsWith(".safetensors") ? "safetensors" : "raw";
    }

    static ModelFile of(Path file) {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitCode.USAGE, "there is no readable file " + file + ": correct its name");
        }
        String form = form(file);
        return new ModelFile(file, form.equals("raw") ? "application/octet-stream" : "application/x-" + form);
    }

    /** Uploads the initial model of a created run; {@code dtype} is the type of raw numbers, or null. */
    void put(CoordinatorClient client, String run, @Nullable String dtype) {
        client.upload("PUT", ApiPath.of("runs", run, "model").with("dtype", dtype), mediaType, file);
    }
}
