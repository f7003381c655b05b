package io.evenkeel.coordinator.integrity;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.chain.ChainLink;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The report on a successful check of a run's hash chain.
 *
 * @param links the number of links: the definition, its changes and the closed rounds since the chain began
 * @param firstRound the first round in the chain; absent if it contains no closed round
 * @param lastRound the last round in the chain; absent if it contains no closed round
 * @param head the hash of the newest link; absent if there is none
 * @param keptRound the round of the head that the caller supplied; absent if the caller supplied none
 * @param keptRevision the revision of the head that the caller supplied, 0 for the definition as created;
 *     absent if the caller supplied none
 */
@Schema(name = "ChainReport")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChainReport(
        int links,
        @Nullable Integer firstRound,
        @Nullable Integer lastRound,
        @Nullable String head,
        @Nullable Integer keptRound,
        @Nullable Integer keptRevision) {

    /** The report for a run that was created by an earlier version and has not closed a round since. */
    static final ChainReport NONE = new ChainReport(0, null, null, null, null, null);

    ChainReport withKept(ChainLink link) {
        boolean isRound = link.covers() == ChainLink.Covers.ROUND;
        return new ChainReport(
                links,
                firstRound,
                lastRound,
                head,
                isRound ? (Integer) link.number() : null,
                isRound ? null : (Integer) link.number());
    }
}
