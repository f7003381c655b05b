package io.evenkeel.coordinator.relay;

import io.evenkeel.coordinator.registry.ManagedAliases;
import io.evenkeel.engine.problem.ProblemKind;
import org.springframework.stereotype.Component;

/** The aliases that a relay mirrors, which the upstream coordinator moves. Thread-safe. */
@Component
class MirroredAliases implements ManagedAliases {

    private final RelaySettings settings;

    MirroredAliases(RelaySettings settings) {
        this.settings = settings;
    }

    @Override
    public void requireUnmanaged(String model, String alias) {
        if (settings.models().contains(model + "@" + alias)) {
            throw ProblemKind.ALIAS_PROTECTED
                    .because(
                            "alias '" + alias + "' of model '" + model + "' follows the one of the coordinator at "
                                    + settings.upstream(),
                            "move it there, or remove it from evenkeel.relay.models; a roll-out from above can be"
                                    + " stopped here: POST /api/v1/rollouts/{rollout}/stop")
                    .with("alias", alias);
        }
    }
}
