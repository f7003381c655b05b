package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.message.MessageMemory;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.StateBackup;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves the encrypted copies that devices store of their state. */
@Tag(name = "Secure aggregation")
@RestController
@RequestMapping("/api/v1/runs/{run}/members/me/backup")
class MemberBackupController {

    private final PlanCache plans;
    private final Members members;
    private final MemberBackups backups;
    private final MessageMemory memory;
    private final DurableTransactions transactions;

    MemberBackupController(
            PlanCache plans,
            Members members,
            MemberBackups backups,
            MessageMemory memory,
            DurableTransactions transactions) {
        this.plans = plans;
        this.members = members;
        this.backups = backups;
        this.memory = memory;
        this.transactions = transactions;
    }

    @Operation(
            summary = "Store an encrypted copy of the device's state",
            description =
                    "Replaces the previous copy. Its sequence and head must be those of the membership, otherwise 409"
                            + " state-diverged. The coordinator cannot read the rest.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = StateBackup.MEDIA_TYPE)))
    @PutMapping(consumes = StateBackup.MEDIA_TYPE)
    @BodyLimit(value = BodyLimit.BY_PLAN, reason = "the vectors of the run's error feedback, 8 bytes a value")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void saveBackup(@PathVariable String run, @AuthenticationPrincipal Caller.Device device, HttpServletRequest request)
            throws IOException {
        PlanCache.Known known = secure(run);
        Member member = members.get(known, device.client());
        long most = StateBackup.mostBytes(
                known.plan().algorithm().feedback(), known.plan().dimension());
        try (MessageMemory.Hold hold = memory.hold()) {
            byte[] copy = hold.read(request, most, "send the vectors of the run's error feedback");
            requireCurrent(run, member, position(copy));
            Placed placed = backups.place(copy);
            transactions.write(() -> backups.save(known.run(), member.ordinal(), member.sequence(), placed));
        }
    }

    @Operation(
            summary = "Get the encrypted copy of the device's state",
            description = "The newest copy that the device has sent in this membership; 204 if there is none.",
            responses = {
                @ApiResponse(responseCode = "200", content = @Content(mediaType = StateBackup.MEDIA_TYPE)),
                @ApiResponse(responseCode = "204", content = @Content)
            })
    @GetMapping(produces = StateBackup.MEDIA_TYPE)
    ResponseEntity<byte[]> getBackup(@PathVariable String run, @AuthenticationPrincipal Caller.Device device) {
        PlanCache.Known known = secure(run);
        Member member = members.get(known, device.client());
        Optional<byte[]> copy = transactions.read(() -> backups.find(known.run(), member.ordinal()));
        return copy.map(bytes -> ResponseEntity.ok()
                        .contentType(MediaType.parseMediaType(StateBackup.MEDIA_TYPE))
                        .cacheControl(CacheControl.noStore())
                        .body(bytes))
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    private PlanCache.Known secure(String run) {
        PlanCache.Known known = plans.named(run);
        if (known.plan().secureAggregation() == null) {
            throw ProblemKind.PLAN_EXCEEDED
                    .because(
                            "run '" + run
                                    + "' has no secure aggregation, and the coordinator knows each device's state",
                            "get the state with GET /api/v1/runs/" + run + "/members/me/state")
                    .with("field", "secureAggregation");
        }
        return known;
    }

    private static StateBackup.Position position(byte[] copy) {
        try {
            return StateBackup.position(copy);
        } catch (SecAggException e) {
            throw ProblemKind.INVALID_FRAME.because(
                    String.valueOf(e.getMessage()), "encrypt the state as specified in FORMAT.md, and send all of it");
        }
    }

    private static void requireCurrent(String run, Member member, StateBackup.Position position) {
        if (position.sequence() != member.sequence() || position.head() != member.head()) {
            throw ProblemKind.STATE_DIVERGED
                    .because(
                            "the copy is of message " + position.sequence() + " (" + hex(position.head())
                                    + "), but the membership is at message " + member.sequence() + " ("
                                    + hex(member.head()) + ")",
                            "send a copy of the state after the last accepted message; GET /api/v1/runs/" + run
                                    + "/members/me shows it")
                    .with("expectedSequence", member.sequence())
                    .with("expectedHead", hex(member.head()));
        }
    }

    private static String hex(long digest) {
        return HexFormat.of().toHexDigits(digest);
    }
}
