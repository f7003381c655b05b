package io.evenkeel.coordinator.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The currently enrolled devices that an evaluation asks. A device learns of the evaluation when it checks
 * in.
 *
 * @param asked the number of devices asked
 * @param answered how many of these have sent a result
 * @param complete whether the list is complete; with more than 10,000 candidates, it covers only the first 10,000
 * @param devices the devices that have answered, or those that have not, depending on the request, in the order of their ids
 */
@Schema(name = "AskedDevices")
record AskedDevices(int asked, int answered, boolean complete, List<Device> devices) {

    /**
     * A device.
     *
     * @param client its id
     * @param name its name
     * @param lastSeenAt when it last sent a request; may be up to five minutes too early
     */
    @Schema(name = "AskedDevice")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Device(
            String client, @Nullable String name, @Nullable Instant lastSeenAt) {}
}
