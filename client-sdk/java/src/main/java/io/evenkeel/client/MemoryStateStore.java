package io.evenkeel.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps a device's state in memory, for simulations and tests. The state survives the client, but not the process. */
public final class MemoryStateStore implements StateStore {

    private final SortedMap<String, byte[]> pieces = new ConcurrentSkipListMap<>();

    @Override
    public byte @Nullable [] read(String name) {
        byte[] piece = pieces.get(name);
        return piece == null ? null : piece.clone();
    }

    @Override
    public void write(String name, Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            content.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pieces.put(name, bytes.toByteArray());
    }

    @Override
    public void rename(String from, String to) {
        byte[] piece = pieces.remove(from);
        if (piece == null) {
            throw new IllegalStateException("there is no '" + from + "' to rename");
        }
        pieces.put(to, piece);
    }

    @Override
    public void delete(String name) {
        pieces.remove(name);
    }

    @Override
    public List<String> names(String prefix) {
        return pieces.keySet().stream().filter(name -> name.startsWith(prefix)).collect(Collectors.toList());
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public String describe(String name) {
        return "'" + name + "' in memory";
    }

    @Override
    public void close() {}
}
