package io.evenkeel.trial.source;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens data files; detects gzip by the first two bytes. */
public final class DataFile {

    private static final int BUFFER = 1 << 16;

    private DataFile() {}

    public static InputStream open(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (Files.isDirectory(file)) {
            throw new IOException("is a folder");
        }
        InputStream raw = new BufferedInputStream(new FileInputStream(file.toFile()), BUFFER);
        try {
            raw.mark(2);
            boolean gzipped = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            return gzipped ? new GZIPInputStream(raw, BUFFER) : raw;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    public static BufferedReader lines(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8), BUFFER);
    }

    public static DataException unreadable(Path file, IOException cause) {
        String why = cause instanceof NoSuchFileException
                ? "there is no such file"
                : cause instanceof EOFException || cause instanceof ZipException
                        ? "its gzip data is damaged or truncated, fetch it again (" + cause.getMessage() + ")"
                        : cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new DataException(file + ": cannot be read: " + why, cause);
    }
}
