package io.evenkeel.client.internal.protocol;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The response to a check-in.
 *
 * @param work the work for the device, in descending priority
 * @param pause the time to wait before the next check-in; null if the coordinator sent none
 */
public record CheckIn(List<Item> work, @Nullable Duration pause) {

    /**
     * One item of work.
     *
     * @param kind such as {@code train}
     * @param run the run's name, empty if the item belongs to no run
     * @param isMember whether the device is a member of the run
     * @param round the round that selects the device, -1 if it is not a member
     * @param evaluation the model to measure, null for kinds other than {@code evaluate}
     */
    public record Item(
            String kind,
            String run,
            boolean isMember,
            int round,
            @Nullable Evaluation evaluation) {}

    /**
     * A model to measure.
     *
     * @param name the evaluation's name
     * @param number the version of the registered model, or the round of the run's model
     * @param path its download path, below the coordinator's address
     */
    public record Evaluation(String name, int number, String path) {}

    static List<Item> items(JsonFields fields) {
        return fields.objects("work").stream().map(CheckIn::item).collect(Collectors.toList());
    }

    private static Item item(JsonFields item) {
        String kind = item.text("kind");
        return new Item(
                kind,
                item.has("run") ? item.name("run") : "",
                item.flag("member"),
                item.naturalOr("round", -1),
                kind.equals("evaluate") ? evaluation(item.object("details")) : null);
    }

    private static Evaluation evaluation(JsonFields details) {
        int number = details.naturalOr("version", -1);
        return new Evaluation(
                details.name("evaluation"), number < 0 ? details.natural("round") : number, details.text("path"));
    }
}
