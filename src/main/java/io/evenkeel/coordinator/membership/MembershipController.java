package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.draw.RunStalls;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.run.RunStall;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** Serves a device's own membership over HTTP: join, recover, leave. */
@Tag(name = "Devices")
@RestController
@RequestMapping(path = "/api/v1/runs/{run}/members/me", produces = MediaType.APPLICATION_JSON_VALUE)
class MembershipController {

    private final HeaderContentNegotiationStrategy accepted = new HeaderContentNegotiationStrategy();
    private final PlanCache plans;
    private final Members members;
    private final MessageStore messages;
    private final MemberStateRecovery states;
    private final RunStalls stalls;
    private final DurableTransactions transactions;

    MembershipController(
            PlanCache plans,
            Members members,
            MessageStore messages,
            MemberStateRecovery states,
            RunStalls stalls,
            DurableTransactions transactions) {
        this.plans = plans;
        this.members = members;
        this.messages = messages;
        this.states = states;
        this.stalls = stalls;
        this.transactions = transactions;
    }

    /**
     * A device's request.
     *
     * @param weight w_i, 1e-12 to 1e12, default 1
     */
    record Joining(@Nullable Double weight) {}

    @Operation(
            summary = "Join a run, or change the weight",
            description = "200 if the device is already a member. After the start a new member takes part from the next"
                    + " round on.",
            responses = {
                @ApiResponse(responseCode = "201", description = "Joined", useReturnTypeSchema = true),
                @ApiResponse(responseCode = "200", description = "A member already", useReturnTypeSchema = true)
            })
    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    ResponseEntity<Membership> joinRun(
            @PathVariable String run,
            @RequestBody(required = false) @Nullable Joining joining,
            @AuthenticationPrincipal Caller.Device device) {
        double weight = joining == null || joining.weight() == null ? 1 : joining.weight();
        PlanCache.Known known = plans.named(run);
        Members.Joined joined = members.join(known, device.client(), weight);
        return ResponseEntity.status(joined.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                .body(view(known, joined.member()));
    }

    @Operation(summary = "Recover the membership and the last receipt")
    @GetMapping
    Membership getMembership(@PathVariable String run, @AuthenticationPrincipal Caller.Device device) {
        PlanCache.Known known = plans.named(run);
        return view(known, members.get(known, device.client()));
    }

    @Operation(
            summary = "Leave a run",
            description =
                    "When the open round closes, this device's part w_i g_i is removed from the sum. A device that joins"
                            + " again starts a new membership; with its own ordinal in the request, a late copy of the request"
                            + " cannot end that one.")
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void leaveRun(
            @PathVariable String run,
            @Parameter(description = "the membership to end; by default the current one")
                    @RequestParam(required = false)
                    @Nullable
                    Integer ordinal,
            @AuthenticationPrincipal Caller.Device device) {
        members.leave(plans.named(run), device.client(), ordinal);
    }

    @Operation(
            summary = "Recover the state g_i",
            description =
                    "The sum of all messages accepted from this device, bit for bit; the header Evenkeel-Sequence has"
                            + " their number, Evenkeel-Head the digest of the last one. By default a frame of float64;"
                            + " with 'Accept: application/octet-stream' the d values alone, each a little-endian float64.")
    @GetMapping(
            path = "/state",
            produces = {StateForm.FRAME_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE})
    void getMemberState(
            @PathVariable String run,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, HttpMediaTypeNotAcceptableException {
        StateForm form = StateForm.of(accepted.resolveMediaTypes(new ServletWebRequest(request)));
        MemberStateRecovery.State state = states.of(plans.named(run), device.client(), form);
        // Must run before the file is opened, because opening removes its name on Unix.
        long size = Files.size(state.file());
        try (InputStream bytes = Files.newInputStream(state.file(), StandardOpenOption.DELETE_ON_CLOSE)) {
            response.setContentType(form.mediaType().toString());
            response.setContentLengthLong(size);
            response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
            response.setHeader("Evenkeel-Sequence", Long.toString(state.sequence()));
            response.setHeader("Evenkeel-Head", HexFormat.of().toHexDigits(state.head()));
            bytes.transferTo(response.getOutputStream());
        }
    }

    private Membership view(PlanCache.Known known, Member member) {
        Optional<AcceptedMessage> last = transactions.readDurable(() -> messages.last(member.id(), member.clientId()));
        RunStall stall = transactions.read(() -> stalls.of(known.run())).orElse(null);
        return Membership.of(member, last, known.plan(), members.progress(known), stall);
    }
}
