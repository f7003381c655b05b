package io.evenkeel.coordinator.platform.objects;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps each object as a file. Each subfolder contains the objects of about five hours. A file is written
 * under a temporary name, synced and renamed, so a file that has an object's name is complete. Replicas can
 * share a folder if its file system syncs and renames as POSIX requires.
 */
public final class FolderStore implements ObjectStore {

    private static final String UNFINISHED = ".part";

    /** The free space in bytes below which the folder counts as full. */
    private static final long MIN_FREE = 10_000_000;

    /** The length of an object name's prefix that is used as the subfolder's name. */
    private static final int PREFIX = 6;

    private final Path root;

    /**
     * Whether the folder existed earlier. If it disappears, its volume is no longer mounted, and a new folder
     * would be a store without objects.
     */
    private volatile boolean isKnown;

    /** @param root the folder; if it does not exist, it is created with the first object */
    public FolderStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.of(root);
    }

    @Override
    public void put(String name, Content content) {
        Path file = file(name);
        Path unfinished = file.resolveSibling(name + UNFINISHED);
        try {
            createFolder(file.resolveSibling(""));
            write(content, unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            sync(file.resolveSibling(""));
        } catch (IOException e) {
            boolean unused = unfinished.toFile().delete();
            throw failed("write object " + name, e);
        }
    }

    private static void write(Content content, Path file) throws IOException {
        try (InputStream in = content.source().open();
                FileChannel channel = PrivateFiles.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            long written = in.transferTo(Channels.newOutputStream(channel));
            if (written != content.length()) {
                throw new IOException(written + " bytes arrived, expected " + content.length());
            }
            channel.force(true);
        }
    }

    private void createFolder(Path folder) throws IOException {
        if (isKnown && !Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString(), null, "the folder is missing");
        }
        if (!Files.isDirectory(folder)) {
            PrivateFiles.createFolder(folder);
            sync(root);
        }
        isKnown = true;
    }

    /** Makes new directory entries in a folder durable. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public InputStream open(ObjectRange range) {
        try {
            FileInputStream in = new FileInputStream(file(range.name()).toFile());
            try {
                if (in.getChannel().size() < range.end()) {
                    throw MissingObjectException.tooShort(range, toString());
                }
                in.skipNBytes(range.offset());
                return new Limited(in, range.length());
            } catch (IOException | MissingObjectException e) {
                in.close();
                throw e;
            }
        } catch (FileNotFoundException e) {
            if (Files.isDirectory(root)) {
                throw MissingObjectException.of(range, toString());
            }
            throw failed("read object " + range.name(), e);
        } catch (IOException e) {
            throw failed("read object " + range.name(), e);
        }
    }

    /** A stream that ends after a number of bytes. */
    private static final class Limited extends FilterInputStream {

        private long left;

        Limited(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = left == 0 && length > 0 ? -1 : super.read(into, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = super.skip(Math.min(count, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(super.available(), left);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    @Override
    public void delete(String name) {
        Path file = file(name);
        try {
            boolean unused = Files.deleteIfExists(file);
            unused = Files.deleteIfExists(file.resolveSibling(name + UNFINISHED));
        } catch (IOException e) {
            throw failed("delete object " + name, e);
        }
    }

    @Override
    public List<String> list(String after, int limit) {
        try (Stream<Path> folders = Files.list(root)) {
            List<Path> sorted = folders.filter(folder -> name(folder).length() == PREFIX)
                    .filter(folder -> name(folder).compareTo(prefix(after)) >= 0)
                    .sorted()
                    .toList();
            return sorted.stream()
                    .flatMap(folder -> names(folder).stream())
                    .filter(name -> name.compareTo(after) > 0)
                    .limit(limit)
                    .toList();
        } catch (IOException e) {
            throw failed("list its objects", e);
        }
    }

    /**
     * Checks each file individually, because listing would read all names of a folder again for each page.
     */
    @Override
    public List<String> missing(List<String> names) {
        List<String> missing =
                names.stream().filter(name -> !Files.exists(file(name))).toList();
        if (!missing.isEmpty() && !Files.isDirectory(root)) {
            throw failed("list its objects", new NoSuchFileException(root.toString(), null, "the folder is missing"));
        }
        return missing;
    }

    private List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> name(file).replace(UNFINISHED, ""))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw failed("list its objects", e);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    @Override
    public void check() {
        if (!Files.isDirectory(root) || !Files.isWritable(root)) {
            throw failed("be written", new IOException(root + " is not a folder that this process may write to"));
        }
        long free = root.toFile().getUsableSpace();
        if (free < MIN_FREE) {
            throw new ObjectStoreException(
                    toString(), "keep " + MIN_FREE + " bytes free", new IOException(free + " bytes are left"), true);
        }
    }

    private Path file(String name) {
        return root.resolve(prefix(name)).resolve(name);
    }

    private static String prefix(String name) {
        return name.substring(0, Math.min(PREFIX, name.length()));
    }

    private ObjectStoreException failed(String what, IOException cause) {
        return new ObjectStoreException(toString(), what, cause);
    }

    @Override
    public String toString() {
        return "folder " + root;
    }
}
