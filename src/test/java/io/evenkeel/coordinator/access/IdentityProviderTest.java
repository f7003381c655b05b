package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** Tests tokens of an identity provider and the settings for them; {@link OidcTest} checks signatures over HTTP. */
class IdentityProviderTest {

    private static final OidcSettings SETTINGS =
            new OidcSettings("roles", "o", "v", "sub", "console", "openid", List.of());

    @Test
    void refusesTokensThatHadExpiredBeforeTheClockWasSetBack() {
        TurnedClock clock = new TurnedClock();
        TrustedTime time = new TrustedTime(clock, clock, TurnedClock.START);
        JwtDecoder decoder = token -> Jwt.withTokenValue(token)
                .header("alg", "RS256")
                .subject("kim")
                .claim("roles", List.of("v"))
                .expiresAt(TurnedClock.START.plus(Duration.ofDays(1)))
                .build();
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("decoder", decoder);
        IdentityProvider provider = new IdentityProvider(
                beans.getBeanProvider(JwtDecoder.class),
                SETTINGS,
                new FailureLog(clock, new SimpleMeterRegistry()),
                time);
        clock.advance(Duration.ofDays(3));
        // This decoder accepts every token, like a decoder whose clock is slow.
        assertThat(provider.caller("any").name()).isEqualTo("oidc:kim");
        clock.jump(Duration.ofDays(-3));
        assertThatThrownBy(() -> provider.caller("any"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(ProblemKind.UNAUTHENTICATED));
        clock.jump(Duration.ofDays(3));
        assertThat(provider.caller("any").name()).isEqualTo("oidc:kim");
    }

    @Test
    void refusesSettingsOfGroupsThatAllowNothingSensible() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OidcSettings.Group("a", AccessRole.VIEWER, null, List.of("A")))
                .withMessageContaining("evenkeel.oidc.groups: 'a' has 'A', expected a run's name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OidcSettings.Group("", AccessRole.VIEWER, null, null))
                .withMessageContaining("evenkeel.oidc.groups has a group without a name");
    }

    @Test
    void needsAnIssuerToSignInAt() {
        OidcSettings settings = new OidcSettings("roles", "o", "v", "sub", "console", "openid", List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InteractiveSignIn(settings, ""))
                .withMessageContaining("issuer-uri is ''");
        assertThat(new InteractiveSignIn(settings, "https://login.example:8443/realms/fleet").origin())
                .contains("https://login.example:8443");
        assertThat(new InteractiveSignIn(
                                new OidcSettings("roles", "o", "v", "sub", "", "openid", List.of()),
                                "https://login.example")
                        .origin())
                .isEmpty();
    }
}
