package io.evenkeel.coordinator.access;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** Extends Spring Security's request firewall to parameter values. */
@Configuration(proxyBeanMethods = false)
class FirewallConfiguration {

    /** Rejects control characters: no parameter needs one, and PostgreSQL accepts no NUL in a text. A parameter may have no value. */
    @Bean
    StrictHttpFirewall httpFirewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedParameterValues(
                value -> value == null || value.chars().noneMatch(Character::isISOControl));
        return firewall;
    }
}
