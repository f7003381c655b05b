package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunSnapshot;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams a run's events over HTTP. */
@Tag(name = "Runs")
@RestController
class EventStreamController {

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final PlanCache plans;
    private final RunRules rules;
    private final RunNews news;
    private final EventStreams streams;

    EventStreamController(PlanCache plans, RunRules rules, RunNews news, EventStreams streams) {
        this.plans = plans;
        this.rules = rules;
        this.news = news;
        this.streams = streams;
    }

    @Operation(
            summary = "Stream a run's events",
            description = "Server-sent events with JSON data; docs/events.md has the types. Begins with new events, or"
                    + " after the event in Last-Event-ID or 'after'; last=N begins with the newest N events, after=0 with"
                    + " the oldest that is kept. Ends with the run: 204 if the run is over and nothing is left to send."
                    + " 503 (busy) if the coordinator or the caller has the maximum number of streams.")
    @GetMapping(path = "/api/v1/runs/{run}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> streamEvents(
            @PathVariable String run,
            @Parameter(description = "the id of the newest event that the caller has; the header takes precedence")
                    @RequestParam(required = false)
                    @Min(0)
                    @Nullable
                    Long after,
            @Parameter(
                            description = "the number of newest events to begin with; ignored if the caller gives a"
                                    + " position")
                    @RequestParam(defaultValue = "0")
                    @Min(0)
                    @Max(1000)
                    int last,
            @Parameter(description = "like 'after'; browsers send it when they reconnect")
                    @RequestHeader(name = LAST_EVENT_ID, required = false)
                    @Nullable
                    String lastEventId,
            @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.AUTHORIZATION, defaultValue = "")
                    String authorization,
            @AuthenticationPrincipal Caller.Person caller,
            @Parameter(hidden = true) HttpMethod method) {
        PlanCache.Known known = plans.named(run);
        Long position = lastEventId == null || lastEventId.isEmpty() ? after : (Long) parsed(lastEventId);
        RunSnapshot now = Objects.requireNonNull(news.of(List.of(known.run())).get(known.run()))
                .run();
        if (position != null && now.state().isOver() && position == now.events()) {
            return ResponseEntity.noContent().build();
        }
        ResponseEntity.BodyBuilder response = ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                // Makes nginx forward events immediately.
                .header("X-Accel-Buffering", "no")
                .contentType(MediaType.TEXT_EVENT_STREAM);
        if (HttpMethod.HEAD.equals(method)) {
            return response.build();
        }
        EventStream stream = new EventStream(
                known.run(),
                rules,
                caller.name(),
                authorization,
                position == null ? Math.max(0, now.events() - last) : position,
                position != null);
        streams.open(stream);
        return response.body(stream.emitter);
    }

    @Operation(
            summary = "List a run's events, newest first",
            description =
                    "Omits the opening and closing of rounds, which the list of rounds contains. Searches only the"
                            + " newest 100,000 events.")
    @GetMapping(path = "/api/v1/runs/{run}/event-log", produces = MediaType.APPLICATION_JSON_VALUE)
    List<RunNews.Notable> listEvents(
            @PathVariable String run,
            @Parameter(description = "the id of the last event of the previous page")
                    @RequestParam(required = false)
                    @Min(0)
                    @Nullable
                    Long before,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return news.notable(plans.named(run).run(), before == null ? Long.MAX_VALUE : before, limit);
    }

    private static long parsed(String lastEventId) {
        try {
            long position = Long.parseLong(lastEventId);
            if (position >= 0) {
                return position;
            }
        } catch (NumberFormatException e) {
            // Rejected below.
        }
        throw ProblemKind.MALFORMED
                .because(
                        "the header Last-Event-ID is not the id of an event: expected an integer from 0",
                        "send the id of the newest event received, or leave the header out")
                .with("field", LAST_EVENT_ID);
    }
}
