package io.evenkeel.coordinator.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** An OpenID Connect provider: a key set on a local port until the JVM ends, and tokens signed by its key. */
public final class SignInProvider implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** The issuer of its tokens. */
    public static final String ISSUER = "https://login.example";

    private static final String AUDIENCE = "evenkeel";
    private static final RSAKey KEY = newKey();
    private static final HttpServer SERVER = start();

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        String jwt = "spring.security.oauth2.resourceserver.jwt.";
        TestPropertyValues.of(
                        jwt + "jwk-set-uri=http://localhost:"
                                + SERVER.getAddress().getPort() + "/keys",
                        jwt + "issuer-uri=" + ISSUER,
                        jwt + "audiences=" + AUDIENCE)
                .applyTo(context);
    }

    /** Returns the claims of a person with some roles. */
    public static JWTClaimsSet.Builder claims(String name, String... roles) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("subject-of-" + name)
                .claim("preferred_username", name)
                .claim("realm_access", Map.of("roles", List.of(roles)))
                .expirationTime(Date.from(Instant.now().plusSeconds(300)));
    }

    /** Returns a token of the provider. */
    public static String token(JWTClaimsSet claims) {
        return signed(claims, KEY);
    }

    /** Returns a token signed by another key of the same name. */
    public static String forged(JWTClaimsSet claims) {
        return signed(claims, newKey());
    }

    private static String signed(JWTClaimsSet claims, RSAKey key) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("key-1").generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpServer start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] keys = new JWKSet(KEY.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            server.createContext("/keys", exchange -> {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
