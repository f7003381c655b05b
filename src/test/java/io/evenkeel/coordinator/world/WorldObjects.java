package io.evenkeel.coordinator.world;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** The object store of a world, in memory, whose operations may fail. Thread-safe. */
final class WorldObjects {

    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private Map<String, byte[]> saved = Map.of();
    private int operationsLeft = Integer.MAX_VALUE;
    private boolean losesAnswer;

    /**
     * Makes an operation fail.
     *
     * @param operation the number of the operation, 1 for the next
     * @param answerLost whether the operation takes effect before it fails
     */
    synchronized void failAt(int operation, boolean answerLost) {
        operationsLeft = operation;
        losesAnswer = answerLost;
    }

    /** Lets all operations succeed. */
    synchronized void heal() {
        operationsLeft = Integer.MAX_VALUE;
    }

    /** Returns whether an operation failed since {@link #failAt}. */
    synchronized boolean hasFailed() {
        return operationsLeft <= 0;
    }

    /** Backs up the objects. */
    synchronized void save() {
        saved = Map.copyOf(objects);
    }

    /** Restores the objects of the backup; newer objects stay. */
    synchronized void restore() {
        objects.putAll(saved);
    }

    /**
     * Checks that objects exist and are complete.
     *
     * @param ranges the parts of objects to which rows refer
     * @throws AssertionError if an object is missing or too short
     */
    synchronized void require(Collection<String> ranges) {
        List<ObjectRange> missing = ranges.stream()
                .map(ObjectRange::parse)
                .filter(range -> range.end() > objects.getOrDefault(range.name(), new byte[0]).length)
                .toList();
        if (!missing.isEmpty()) {
            throw new AssertionError("rows refer to objects that are not in the store: " + missing);
        }
    }

    /** Returns a post-processor that replaces a coordinator's object store with this one. */
    BeanPostProcessor of(BooleanSupplier isKilled) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof ObjectStore ? new View(isKilled) : bean;
            }
        };
    }

    /** The store as seen by one process. */
    private final class View implements ObjectStore {

        private final BooleanSupplier isKilled;

        View(BooleanSupplier isKilled) {
            this.isKilled = isKilled;
        }

        private void perform(String what, Runnable operation) {
            synchronized (WorldObjects.this) {
                boolean killed = isKilled.getAsBoolean();
                boolean fails = !killed && --operationsLeft == 0;
                if (!killed && (!fails || losesAnswer)) {
                    operation.run();
                }
                if (killed || fails) {
                    throw new ObjectStoreException(toString(), what, new IOException("the connection broke"));
                }
            }
        }

        @Override
        public void put(String name, Content content) {
            perform("write object " + name, () -> {
                try {
                    objects.put(name, content.readAll());
                } catch (IOException e) {
                    throw new ObjectStoreException(toString(), "write object " + name, e);
                }
            });
        }

        @Override
        public InputStream open(ObjectRange range) {
            perform("read object " + range.name(), () -> {});
            synchronized (WorldObjects.this) {
                byte[] bytes = objects.get(range.name());
                if (bytes == null) {
                    throw MissingObjectException.of(range, toString());
                }
                if (bytes.length < range.end()) {
                    throw MissingObjectException.tooShort(range, toString());
                }
                return new ByteArrayInputStream(bytes, (int) range.offset(), (int) range.length());
            }
        }

        @Override
        public void delete(String name) {
            perform("delete object " + name, () -> objects.remove(name));
        }

        @Override
        public List<String> list(String after, int limit) {
            perform("list objects", () -> {});
            synchronized (WorldObjects.this) {
                return objects.tailMap(after, false).keySet().stream()
                        .limit(limit)
                        .toList();
            }
        }

        @Override
        public void check() {
            perform("be reached", () -> {});
        }

        @Override
        public String toString() {
            return "the world's";
        }
    }
}
