package io.evenkeel.client;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a device's state in a folder that only its owner can read.
 *
 * <p>A piece is written to a temporary file, forced to disk and moved over the old file; then the folder is
 * forced too. So a crash, a power failure or a full disk leaves the old piece or the new one. The folder is
 * locked: two processes with the same state would send messages as the same device, and each would invalidate
 * the other's error feedback.
 */
public final class FileStateStore implements StateStore {

    private static final String LOCK = "lock";
    private static final String TEMPORARY = ".tmp";
    private static final int BUFFER = 1 << 16;

    private static final Pattern NAME = Pattern.compile("\\.?[a-z0-9-][a-z0-9.-]*");

    /**
     * The real paths of the folders that this process has open. Closing any channel of a lock file releases the
     * process's lock.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path realFolder;
    private final FileChannel lockFile;

    private FileStateStore(Path folder, Path realFolder, FileChannel lockFile) {
        this.folder = folder;
        this.realFolder = realFolder;
        this.lockFile = lockFile;
    }

    /**
     * Opens a folder; creates it if it does not exist.
     *
     * @throws StateException if the folder cannot be created or written, or another process or client uses it
     */
    public static FileStateStore open(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, ownerOnly("rwx------"));
            }
            Path real = folder.toRealPath();
            if (!OPEN.add(real)) {
                throw inUse(folder);
            }
            boolean isOpen = false;
            try {
                FileStateStore store = new FileStateStore(folder, real, lock(folder));
                store.removeUnfinished();
                isOpen = true;
                return store;
            } finally {
                if (!isOpen) {
                    OPEN.remove(real);
                }
            }
        } catch (IOException e) {
            throw new StateException(
                    "the state folder " + folder + " cannot be opened: " + e
                            + ": give the device a folder that it may write to",
                    e);
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                ownerOnly("rw-------"));
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            channel.close();
            throw inUse(folder);
        }
        return channel;
    }

    private static StateException inUse(Path folder) {
        return new StateException("the state folder " + folder + " is in use by another client: stop that one, or give "
                + "each device its own folder (never a copy of another device's)");
    }

    private void removeUnfinished() throws IOException {
        for (String name : list("")) {
            if (name.endsWith(TEMPORARY)) {
                Files.delete(folder.resolve(name));
            }
        }
    }

    @Override
    public byte @Nullable [] read(String name) {
        try {
            return Files.readAllBytes(file(name));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw failed("read", name, e);
        }
    }

    @Override
    public void write(String name, Content content) {
        Path file = file(name);
        Path temporary = folder.resolve(name + TEMPORARY);
        try {
            Files.deleteIfExists(temporary);
            writeDurably(temporary, content);
            move(temporary, file);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw failed("written", name, e);
        }
    }

    /** Writes through a stream: unlike a channel, it is not closed when the thread is interrupted. */
    private static void writeDurably(Path file, Content content) throws IOException {
        Files.createFile(file, ownerOnly("rw-------"));
        try (FileOutputStream raw = new FileOutputStream(file.toFile())) {
            OutputStream out = new BufferedOutputStream(raw, BUFFER);
            content.writeTo(out);
            out.flush();
            raw.getFD().sync();
        }
    }

    @Override
    public void rename(String from, String to) {
        try {
            move(file(from), file(to));
        } catch (IOException e) {
            throw failed("renamed to " + to, from, e);
        }
    }

    @Override
    public void delete(String name) {
        try {
            if (Files.deleteIfExists(file(name))) {
                forceFolder();
            }
        } catch (IOException e) {
            throw failed("deleted", name, e);
        }
    }

    /** Deletes the pieces and forces the folder once. */
    @Override
    public void sweep(List<String> names) {
        try {
            for (String name : names) {
                Files.deleteIfExists(file(name));
            }
            forceFolder();
        } catch (IOException e) {
            throw failed("swept", "", e);
        }
    }

    @Override
    public List<String> names(String prefix) {
        try {
            return list(prefix);
        } catch (IOException e) {
            throw failed("listed", "", e);
        }
    }

    private List<String> list(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix) && !name.equals(LOCK))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    @Override
    public String describe(String name) {
        return folder.resolve(name).toString();
    }

    /** Releases the folder for other clients and processes. */
    @Override
    public void close() {
        if (!lockFile.isOpen()) {
            return;
        }
        try {
            lockFile.close();
        } catch (IOException e) {
            throw failed("closed", LOCK, e);
        } finally {
            OPEN.remove(realFolder);
        }
    }

    private void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder();
    }

    /** A name with a path that leaves the folder could overwrite any file of the device's user. */
    private Path file(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a piece of state is named '" + name + "', expected a to z, 0 to 9, hyphens and dots");
        }
        return folder.resolve(name);
    }

    /** Forces the folder, which makes renames durable. Windows does this itself and cannot force folders. */
    private void forceFolder() throws IOException {
        if (!hasPosix()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (!tryForceFolder()) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether the operation completed before an interrupt. */
    private boolean tryForceFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }

    private StateException failed(String what, String name, IOException e) {
        return new StateException(
                "the state file " + folder.resolve(name) + " cannot be " + what + ": " + e
                        + ": free space on the disk or repair it, then start the device again; what was saved before is intact",
                e);
    }

    private static void deleteQuietly(Path file, IOException cause) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static boolean hasPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        return hasPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
