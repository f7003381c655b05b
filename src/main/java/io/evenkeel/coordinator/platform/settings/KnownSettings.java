package io.evenkeel.coordinator.platform.settings;

import io.evenkeel.coordinator.platform.problem.NearestName;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The names of settings in canonical form, such as {@code evenkeel.limits.slowest-body}. Immutable. */
final class KnownSettings {

    private static final Pattern INDEX = Pattern.compile("\\[[^]]*]");

    private final Set<String> names;
    private final Set<String> uniform = new TreeSet<>();

    KnownSettings(Collection<String> names) {
        this.names = new TreeSet<>(names);
        names.forEach(name -> uniform.add(NearestName.uniform(name)));
    }

    /** Returns the names of a record's components under a prefix, with those of nested records. */
    static Stream<String> of(String prefix, Class<?> settings) {
        return Stream.of(settings.getRecordComponents()).flatMap(component -> names(prefix, component));
    }

    private static Stream<String> names(String prefix, RecordComponent component) {
        String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
        return component.getType().isRecord() ? of(name, component.getType()) : Stream.of(name);
    }

    /**
     * Returns whether a setting exists. Accepts any of Spring Boot's spellings, such as that of environment
     * variables.
     */
    boolean contains(String name) {
        return uniform.contains(NearestName.uniform(name));
    }

    /** Returns whether the name is that of a setting, or of an entry in a setting's map or list. */
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

    /**
     * Returns the setting with the most similar name, null if none is similar. Ignores the prefix that all
     * names have in common.
     */
    @Nullable
    String nearest(String name) {
        String wanted = NearestName.uniform(name);
        String common = names.stream().map(NearestName::uniform).reduce(wanted, KnownSettings::commonStart);
        return names.stream()
                .filter(known -> NearestName.isNear(
                        wanted.substring(common.length()),
                        NearestName.uniform(known).substring(common.length())))
                .min(Comparator.comparingInt(known -> NearestName.distance(wanted, NearestName.uniform(known))))
                .orElse(null);
    }

    private static String commonStart(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length()) && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return one.substring(0, length);
    }
}
