package io.evenkeel.coordinator.integrity;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The report of a successful check of a run's hash chain.
 *
 * @param links number of links: the definition, its changes and the closed rounds since the chain began
 * @param firstRound the first round in it; absent if no round in it is closed
 * @param lastRound the last round in it; absent if no round in it is closed
 * @param head hash of the newest link; absent if there is none
 * @param keptRound the round of the head that the caller has kept; absent if the caller gave none
 */
@Schema(name = "ChainReport")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChainReport(
        int links,
        @Nullable Integer firstRound,
        @Nullable Integer lastRound,
        @Nullable String head,
        @Nullable Integer keptRound) {

    /** Of a run that an earlier version began, and that has closed no round since. */
    static final ChainReport NONE = new ChainReport(0, null, null, null, null);

    ChainReport withKept(int round) {
        return new ChainReport(links, firstRound, lastRound, head, round);
    }
}
