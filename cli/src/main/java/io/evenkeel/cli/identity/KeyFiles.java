package io.evenkeel.cli.identity;

import io.evenkeel.cli.environment.OwnerOnly;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Function;

/** Reads and writes key files. */
final class KeyFiles {

    private static final int MAX_BYTES = 1 << 16;

    private KeyFiles() {}

    /** Writes a new file that only its user can read; existing files are never replaced. */
    static void write(Path file, String text) {
        try (SeekableByteChannel out = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file())) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(
                    ExitCode.CONFLICT,
                    file + " exists, and keys are not replaced: choose another name, or delete it",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be written (" + e + "): check the folder", e);
        }
    }

    /** Creates a folder that only its user can read, if it does not exist. */
    static void createFolder(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, OwnerOnly.folder());
            }
        } catch (IOException e) {
            throw new CommandFailure("the folder " + folder + " cannot be created (" + e + "): choose another", e);
        }
    }

    static <T> T read(Path file, Function<String, T> parser) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CommandFailure(
                        ExitCode.USAGE, file + " is not a key file: it has more than " + MAX_BYTES + " bytes");
            }
            return parser.apply(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.NOT_FOUND, file + " does not exist: check the name", e);
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read (" + e + ")", e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, file + ": " + e.getMessage(), e);
        }
    }
}
