package io.evenkeel.coordinator.relay;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.member.MemberQuery;
import io.evenkeel.coordinator.member.MemberView;
import io.evenkeel.engine.run.RunState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The relays around a coordinator.
 *
 * @param upstream the upstream coordinator, if this one is a relay
 * @param relays the relays below
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RelayTree(@Nullable Upstream upstream, List<Below> relays) {

    /**
     * A relay sends a request at least once a minute by default, and its last request is recorded every five minutes.
     */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

    /**
     * The upstream run, as the relay sees it.
     *
     * @param url the upstream coordinator
     * @param run the run there
     * @param connected whether this relay takes part in it, or did until its end
     * @param problem why it does not
     * @param round the newest round there that it received
     * @param lag the number of rounds by which it is behind that one
     * @param members the members of the run here
     * @param devices the devices below: members that are not relays, and the devices below those that are
     * @param sentBytes the bytes of the bodies that it has sent there
     * @param receivedBytes the bytes of the bodies that it has received from there
     * @param lastContactAt when it last had a response from there
     * @param models the aliases of upstream models that it mirrors
     */
    @Schema(name = "Upstream")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Upstream(
            URI url,
            String run,
            boolean connected,
            @Nullable String problem,
            @Nullable Integer round,
            int lag,
            int members,
            long devices,
            long sentBytes,
            long receivedBytes,
            @Nullable Instant lastContactAt,
            List<Mirrored> models) {

        static Upstream of(
                RelaySettings settings, RelayLink.Snapshot link, RelayReport.Site site, List<Mirrored> models) {
            return new Upstream(
                    Objects.requireNonNull(settings.upstream()),
                    Objects.requireNonNull(settings.run()),
                    link.connected(),
                    link.problem(),
                    link.round() < 0 ? null : (Integer) link.round(),
                    link.lag(),
                    site.members(),
                    site.devices(),
                    link.sent(),
                    link.received(),
                    link.lastContact(),
                    models);
        }
    }

    /**
     * An alias of an upstream model that the relay mirrors.
     *
     * @param model the model
     * @param alias its alias
     * @param version the version that the alias points to here
     * @param rollout the roll-out here that follows an upstream one
     * @param upstreamRollout the upstream roll-out
     * @param problem why it does not currently follow the upstream alias
     */
    @Schema(name = "MirroredModel")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Mirrored(
            String model,
            String alias,
            @Nullable Integer version,
            @Nullable String rollout,
            @Nullable String upstreamRollout,
            @Nullable String problem) {}

    /**
     * A relay that is a member of a run here.
     *
     * @param client its client
     * @param name the name that it gave itself
     * @param run the run
     * @param state the run's state
     * @param connected whether it was seen in the last ten minutes
     * @param round the open round, or the newest model's number
     * @param lastRound the newest round it has answered
     * @param lag the number of rounds by which it is behind the newest one
     * @param weight its weight
     * @param members the members of its own run, as it reports them; absent above ten million
     * @param devices the devices below it, as it reports them; absent above ten million
     * @param sentBytes the bytes of the bodies that it has sent, reported every five minutes
     * @param receivedBytes the bytes of the bodies that it has received, reported every five minutes
     * @param lastSeenAt when it last sent a request; up to five minutes too early if it sends them to another replica
     */
    @Schema(name = "RelayBelow")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Below(
            String client,
            @Nullable String name,
            String run,
            RunState state,
            boolean connected,
            int round,
            @Nullable Integer lastRound,
            int lag,
            double weight,
            @Nullable Long members,
            @Nullable Long devices,
            @Nullable Long sentBytes,
            @Nullable Long receivedBytes,
            @Nullable Instant lastSeenAt) {

        static Below of(MemberQuery.OfRun relay, Instant now) {
            MemberView member = relay.member();
            Instant seen = member.lastSeenAt();
            int newest = relay.state().isOver() ? relay.round() - 1 : relay.round();
            int last = member.lastRound() == null ? member.activeFrom() - 1 : member.lastRound();
            return new Below(
                    member.client(),
                    member.name(),
                    relay.run(),
                    relay.state(),
                    seen != null && now.isBefore(seen.plus(LONGEST_SILENCE)),
                    relay.round(),
                    member.lastRound(),
                    relay.state() == RunState.CREATED ? 0 : Math.max(0, newest - last),
                    member.weight(),
                    RelayReport.devices(member.attributes(), RelayReport.MEMBERS),
                    RelayReport.devices(member.attributes(), RelayReport.DEVICES),
                    RelayReport.number(member.attributes(), RelayReport.SENT),
                    RelayReport.number(member.attributes(), RelayReport.RECEIVED),
                    seen);
        }
    }
}
