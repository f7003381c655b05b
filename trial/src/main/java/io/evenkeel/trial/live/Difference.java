package io.evenkeel.trial.live;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * A setting that differs between the definitions of runs.
 *
 * @param setting its name in the definition, such as {@code compressor} or {@code participants.min}
 * @param values one for each run; {@code –} if a definition omits it
 */
public record Difference(String setting, List<String> values) {

    private static final String NONE = "–";

    /** The fields in which compared runs are meant to differ. */
    private static final Set<String> METHOD =
            Set.of("algorithm", "compressor", "downlink.compressor", "robust", "step", "gamma", "eta", "smoothness");

    public Difference {
        values = List.copyOf(values);
    }

    /** Returns whether the setting belongs to the method, which an A/B test compares. */
    boolean isOfMethod() {
        return METHOD.contains(setting);
    }

    /** Lists the differences, the method's settings first. */
    static List<Difference> between(List<LiveRun> runs) {
        List<Map<String, String>> settings = runs.stream().map(Difference::flat).toList();
        Set<String> names = new TreeSet<>();
        settings.forEach(each -> names.addAll(each.keySet()));
        List<Difference> method = new ArrayList<>();
        List<Difference> others = new ArrayList<>();
        for (String name : names) {
            List<String> values =
                    settings.stream().map(each -> each.getOrDefault(name, NONE)).toList();
            Difference difference = new Difference(name, values);
            if (values.stream().distinct().count() > 1) {
                (difference.isOfMethod() ? method : others).add(difference);
            }
        }
        method.addAll(others);
        return List.copyOf(method);
    }

    private static Map<String, String> flat(LiveRun run) {
        Map<String, String> flat = new LinkedHashMap<>();
        run.details().definition().forEach((name, value) -> {
            if (value instanceof Map<?, ?> parts) {
                parts.forEach((part, of) -> flat.put(name + "." + part, String.valueOf(of)));
            } else if (!"dimension".equals(name) && !"tensors".equals(name)) {
                flat.put(name, String.valueOf(value));
            }
        });
        // A model with many tensors would fill the page.
        flat.put("model", "d = " + run.layout().dimension() + ", " + tensors(run));
        return flat;
    }

    private static String tensors(LiveRun run) {
        int size = run.layout().size();
        CRC32 names = new CRC32();
        names.update(run.layout().tensors().toString().getBytes(StandardCharsets.UTF_8));
        return size + (size == 1 ? " tensor" : " tensors") + ", checksum of names and shapes "
                + Long.toHexString(names.getValue());
    }
}
