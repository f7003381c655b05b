package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.objects.PrivateFiles;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Stores the received parts of large messages, so that an interrupted upload can continue where it stopped. A message
 * is accepted only when it is complete, just like one that arrives in a single request.
 *
 * <p>Each upload is a file in a folder of the member inside the object store's folder, so replicas that share
 * the latter share uploads. A member has at most one upload, no larger than the plan's largest message; a new
 * upload replaces it. It is deleted once the message is accepted. Files are not synced to disk, because the
 * SHA-256 reveals data lost in a power failure. Thread-safe.
 */
@Component
class MessageUploads {

    private static final Duration KEPT = Duration.ofDays(1);

    /** The disk space that uploads leave free for the database and the objects. */
    private static final long MIN_FREE_BYTES = 1L << 30;

    private static final int CHUNK = 1 << 16;
    private static final int DIGEST_DIGITS = 16;
    private static final String SEPARATOR = "-";
    private static final String SEND_WHOLE = "send the message whole, with PUT …/rounds/{round}/messages/me";

    private final Optional<Path> folder;
    private final Clock clock;
    private final long minFree;

    @Autowired
    MessageUploads(ObjectStore store, Clock clock) {
        this(store.folder().map(root -> root.resolve("uploads")), clock, MIN_FREE_BYTES);
    }

    /**
     * @param folder the folder of the files; empty if uploads are not supported
     * @param minFree the number of bytes that uploads leave free on the disk
     */
    MessageUploads(Optional<Path> folder, Clock clock, long minFree) {
        this.folder = folder;
        this.clock = clock;
        this.minFree = minFree;
    }

    /**
     * Identifies an upload.
     *
     * @param run the run's key
     * @param client the sender
     * @param sha256 the SHA-256 of the whole message in hex
     */
    record Upload(long run, String client, String sha256) {

        /**
         * Checks the form of the digest.
         *
         * @throws ProblemException {@code not-found} if it is not a SHA-256
         */
        Upload {
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw ProblemKind.NOT_FOUND.because(
                        "an upload is named '" + sha256 + "', expected the SHA-256 of the message in 64 hex digits",
                        SEND_WHOLE);
            }
        }

        /** Returns the digest of the whole message. */
        long digest() {
            return Digest.parseHex(sha256.substring(0, DIGEST_DIGITS));
        }

        private String ofMember() {
            return run + SEPARATOR + client;
        }
    }

    /** An operation on files. */
    @FunctionalInterface
    private interface DiskWork<T> {
        T execute() throws IOException;
    }

    /** Distinguishes a failure of the disk from a broken connection of the sender, which gets no response. */
    private <T> T onDisk(String what, DiskWork<T> work) {
        try {
            return work.execute();
        } catch (IOException e) {
            throw new ObjectStoreException("folder " + root(), what, e);
        }
    }

    /**
     * Returns how many bytes have arrived.
     *
     * @throws ProblemException {@code not-found} if this coordinator keeps no uploads
     * @throws ObjectStoreException if the disk fails
     */
    long offset(Upload upload) {
        Path file = file(upload);
        return onDisk("read a part of a message", () -> Files.exists(file) ? Files.size(file) : 0);
    }

    /**
     * Returns how many bytes have arrived, for a sender that starts or continues an upload. If there is no
     * space, refuses a sender that starts, before it sends a part.
     *
     * @throws ProblemException {@code not-found} if this coordinator keeps no uploads, or the disk has no
     *     space for a new one
     * @throws ObjectStoreException if the disk fails
     */
    long begin(Upload upload) {
        long arrived = offset(upload);
        if (arrived == 0) {
            makeRoom(upload);
        }
        return arrived;
    }

    /**
     * Adds bytes to an upload. If the connection breaks, the bytes that have already arrived are kept.
     *
     * @param offset the number of bytes that have arrived according to the sender
     * @return how many bytes have arrived now
     * @throws ProblemException {@code conflict} if the offset is wrong; {@code not-found} if this coordinator keeps no
     *     uploads, or the disk has no space for a new upload, or no more space for this one, which is then deleted
     * @throws ObjectStoreException if the disk fails, for instance because it is full
     * @throws IOException if the connection breaks
     */
    long append(Upload upload, long offset, InputStream body) throws IOException {
        Path file = file(upload);
        require(offset, offset(upload));
        if (offset == 0) {
            makeRoom(upload);
        }
        byte[] chunk = new byte[CHUNK];
        long at = offset;
        for (int length = body.read(chunk); length >= 0; length = body.read(chunk)) {
            if (freeSpace() < minFree / 2) {
                // The sender will send the message in a single request.
                delete(upload);
                throw full(minFree / 2);
            }
            write(file, at, ByteBuffer.wrap(chunk, 0, length));
            at += length;
        }
        return at;
    }

    /**
     * Synchronized, because a request whose connection broke may still be writing when the next one has
     * started.
     */
    private synchronized void write(Path file, long at, ByteBuffer bytes) {
        long unused = onDisk("write a part of a message", () -> {
            PrivateFiles.createFolder(file.resolveSibling(""));
            try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                require(at, channel.size());
                long next = at;
                while (bytes.hasRemaining()) {
                    next += channel.write(bytes, next);
                }
                return next;
            }
        });
    }

    private static void require(long offset, long arrived) {
        if (offset != arrived) {
            throw ProblemKind.CONFLICT
                    .because(
                            "Upload-Offset is " + offset + ", and " + arrived + " bytes of this upload have arrived",
                            "continue from there: GET shows how many have arrived")
                    .with("offset", arrived);
        }
    }

    /**
     * Deletes the member's previous upload. Refuses the new one if the disk still has too little free space.
     */
    private void makeRoom(Upload upload) {
        if (onDisk("make room for a message", () -> freeSpaceWithout(upload)) < minFree) {
            throw full(minFree);
        }
    }

    private long freeSpaceWithout(Upload upload) throws IOException {
        Path member = file(upload).resolveSibling("");
        PrivateFiles.createFolder(member);
        for (Path replaced : within(member, 1)) {
            boolean unused = Files.deleteIfExists(replaced);
        }
        return freeSpace();
    }

    private long freeSpace() {
        return root().toFile().getUsableSpace();
    }

    private static ProblemException full(long least) {
        return ProblemKind.NOT_FOUND.because(
                "this coordinator stores no parts of messages at present, because the disk of evenkeel.storage.folder"
                        + " has less than "
                        + (least >> 20) + " MiB left",
                SEND_WHOLE);
    }

    /** Returns the contents of a folder, files before their folders. */
    private static List<Path> within(Path folder, int depth) throws IOException {
        try (Stream<Path> paths = Files.walk(folder, depth)) {
            return paths.filter(path -> !path.equals(folder))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Deletes an upload.
     *
     * @throws ObjectStoreException if the disk fails
     */
    void delete(Upload upload) {
        boolean unused = onDisk("delete a message in parts", () -> Files.deleteIfExists(file(upload)));
    }

    /**
     * Deletes uploads that have not been modified for a day, and those of runs that accept no messages.
     *
     * @param underWay returns the keys of the runs that accept messages
     * @throws ObjectStoreException if the disk fails
     */
    void sweep(Supplier<Set<Long>> underWay) {
        if (folder.isEmpty() || !Files.isDirectory(root())) {
            return;
        }
        // Lists the files before querying the runs, so that a run that starts in between keeps its uploads.
        List<Path> paths = onDisk("list messages in parts", () -> within(root(), 2));
        Set<String> kept = underWay.get().stream().map(String::valueOf).collect(Collectors.toSet());
        for (Path path : paths) {
            boolean unused = onDisk("delete an old message in parts", () -> deleteIfOld(path, kept));
        }
    }

    private boolean deleteIfOld(Path path, Set<String> underWay) throws IOException {
        String member = root().relativize(path).getName(0).toString();
        String run = member.substring(0, Math.max(0, member.indexOf(SEPARATOR)));
        try {
            Instant oldest = clock.instant().minus(KEPT);
            boolean isOld = Files.getLastModifiedTime(path).toInstant().isBefore(oldest);
            return (isOld || !underWay.contains(run)) && Files.deleteIfExists(path);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // Another coordinator that shares the folder has deleted it, or the member has a new upload.
            return false;
        }
    }

    /**
     * Reads a whole upload.
     *
     * @param hold counts the bytes read
     * @throws ProblemException {@code not-found} if the upload is incomplete or damaged. These cannot be told
     *     apart, so it is not deleted
     * @throws ObjectStoreException if the disk fails
     */
    byte[] read(Upload upload, MessageMemory.Hold hold) {
        Path file = file(upload);
        long size = offset(upload);
        hold.take(2 * size);
        byte[] bytes = size == 0 ? new byte[0] : onDisk("read a message", () -> Files.readAllBytes(file));
        if (!HexFormat.of().formatHex(Digest.sha256().digest(bytes)).equals(upload.sha256())) {
            throw ProblemKind.NOT_FOUND.because(
                    "the " + bytes.length + " bytes of this upload do not have the SHA-256 " + upload.sha256(),
                    "send the rest with PATCH from Upload-Offset " + bytes.length + " on, or " + SEND_WHOLE);
        }
        return bytes;
    }

    private Path file(Upload upload) {
        return root().resolve(upload.ofMember()).resolve(upload.sha256());
    }

    private Path root() {
        return folder.orElseThrow(() -> ProblemKind.NOT_FOUND.because(
                "this coordinator stores no parts of messages, because evenkeel.storage.kind is not folder",
                SEND_WHOLE));
    }
}
