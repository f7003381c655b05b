package io.evenkeel.coordinator.platform.objects;

import io.evenkeel.core.wire.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Bytes to store, which can be read again for a retry.
 *
 * @param length the number of bytes
 * @param source opens a stream of exactly these bytes
 */
public record Content(long length, Source source) {

    /** Opens streams of the content. */
    @FunctionalInterface
    public interface Source {

        /** Opens a stream at the first byte. */
        InputStream open() throws IOException;
    }

    /** Returns the content of an array, which is not copied. */
    public static Content of(byte[] bytes) {
        return new Content(bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /** Returns the content of a file. */
    public static Content of(Path file) throws IOException {
        return new Content(Files.size(file), () -> Files.newInputStream(file));
    }

    /** Concatenates contents. */
    public static Content joined(List<Content> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        long length = parts.stream().mapToLong(Content::length).sum();
        return new Content(length, () -> {
            List<InputStream> streams = new ArrayList<>();
            for (Content part : parts) {
                streams.add(part.source().open());
            }
            return new SequenceInputStream(Collections.enumeration(streams));
        });
    }

    /** Returns the digest of all bytes. */
    public long digest() {
        MessageDigest sha = Digest.sha256();
        try (InputStream in = new DigestInputStream(source.open(), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Digest.of(sha);
    }

    /** Returns all bytes. Only for content that is known to be short. */
    public byte[] readAll() throws IOException {
        try (InputStream in = source.open()) {
            return in.readAllBytes();
        }
    }
}
