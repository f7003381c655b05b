package io.evenkeel.cli.command;

import io.evenkeel.core.algorithm.Catalogue;
import io.evenkeel.core.catalogue.Entry;
import java.util.Iterator;

/** The names of methods, for help texts and shell completion. */
public final class MethodNames {

    private MethodNames() {}

    /** Algorithms. */
    public static final class Algorithms implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Catalogue.algorithms().stream().map(Entry::name).iterator();
        }
    }

    /** Compressors; a name that takes an argument ends with a colon. */
    public static final class Compressors implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Catalogue.selections().stream()
                    .map(entry -> entry.parameters().isEmpty() ? entry.name() : entry.name() + ":")
                    .iterator();
        }
    }
}
