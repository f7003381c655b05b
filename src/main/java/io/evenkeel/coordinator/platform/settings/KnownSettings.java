package io.evenkeel.coordinator.platform.settings;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** Names of settings in their canonical form, such as {@code evenkeel.limits.slowest-body}. Immutable. */
final class KnownSettings {

    private static final Pattern INDEX = Pattern.compile("\\[[^]]*]");

    private final Set<String> names;
    private final Set<String> uniform = new TreeSet<>();

    KnownSettings(Collection<String> names) {
        this.names = new TreeSet<>(names);
        names.forEach(name -> uniform.add(uniform(name)));
    }

    /** Returns the names of a record's components under a prefix, with those of nested records. */
    static Stream<String> of(String prefix, Class<?> settings) {
        return Stream.of(settings.getRecordComponents()).flatMap(component -> names(prefix, component));
    }

    private static Stream<String> names(String prefix, RecordComponent component) {
        String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
        return component.getType().isRecord() ? of(name, component.getType()) : Stream.of(name);
    }

    /** Returns whether there is such a setting, in any of Spring Boot's spellings, such as that of environment variables. */
    boolean contains(String name) {
        return uniform.contains(uniform(name));
    }

    /** Returns whether the name is a setting, or an entry of a map or a list. */
    boolean containsPartOf(String name) {
        String parent = INDEX.matcher(name).replaceAll("");
        while (!contains(parent)) {
            int end = parent.lastIndexOf('.');
            if (end < 0) {
                return false;
            }
            parent = parent.substring(0, end);
        }
        return true;
    }

    private static String uniform(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /** Returns the setting whose name differs least, null if all differ in more than half of their letters. */
    @Nullable
    String nearest(String name) {
        String wanted = uniform(name);
        return names.stream()
                .min(Comparator.comparingInt(known -> distance(wanted, uniform(known))))
                .filter(known -> distance(wanted, uniform(known)) <= wanted.length() / 2)
                .orElse(null);
    }

    /** Returns the Levenshtein distance: the number of letters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, 1 + Math.min(above[column], current[column - 1]));
            }
            above = current;
        }
        return above[to.length()];
    }
}
