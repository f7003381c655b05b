package io.evenkeel.cli.command;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The options of a paged list, and the requests for its pages. */
public final class PageOptions {

    private static final int LARGEST_PAGE = 1000;
    private static final int USUAL_LIMIT = 100;

    @Option(names = "--limit", paramLabel = "N", description = "The maximum number of entries (default: 100).")
    private int limit = USUAL_LIMIT;

    @Option(names = "--all", description = "List all entries.")
    private boolean all;

    @Option(
            names = "--after",
            paramLabel = "LAST",
            description = "Continue after this entry, the last one of an earlier list.")
    private @Nullable String after;

    private boolean more;

    /**
     * Requests pages until there are enough entries.
     *
     * @param list the list, with its filter
     * @param key the field with the next page's position
     */
    public ArrayNode collect(CoordinatorClient client, ApiPath list, String key) {
        long most = all ? Integer.MAX_VALUE : limit;
        ArrayNode entries = new JsonMapper().createArrayNode();
        String last = after;
        while (entries.size() < most) {
            // Requests one extra entry to find out whether there are more.
            int wanted = (int) Math.min(LARGEST_PAGE, most - entries.size() + 1);
            JsonNode page = client.get(list.with("after", last).with("limit", wanted));
            for (JsonNode entry : page) {
                if (entries.size() == most) {
                    more = true;
                    return entries;
                }
                entries.add(entry);
                last = entry.path(key).asString();
            }
            if (page.size() < wanted) {
                return entries;
            }
        }
        more = true;
        return entries;
    }

    /** Requests all pages of a list, without options. */
    public static ArrayNode all(CoordinatorClient client, ApiPath list, String key) {
        PageOptions every = new PageOptions();
        every.all = true;
        return every.collect(client, list, key);
    }

    /** Prints how to list the remaining entries, if there are any. */
    public void noteRest(OutputOptions output) {
        if (more) {
            output.note("There may be more: --all lists all, --after continues.");
        }
    }
}
