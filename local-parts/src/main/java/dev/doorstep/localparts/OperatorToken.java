package dev.doorstep.localparts;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/**
 * An operator's token: signed with a key that is made for it and thrown away, whose public half services are given as a file.
 *
 * @param token the bearer token
 * @param publicKey PEM file
 * @param key that signed it
 */
public record OperatorToken(String token, Path publicKey, PrivateKey key) {
    private static final int KEY_BITS = 2048;
    private static final Duration VALID = Duration.ofHours(12);

    /** Makes a key and a token that it signs; the public half goes to {@code operators.pem} in the folder. */
    public static OperatorToken create(Path directory, Instant now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            KeyPair pair = generator.generateKeyPair();
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(pair.getPublic().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n";
            Path file = Files.writeString(directory.resolve("operators.pem"), pem);
            return new OperatorToken(signed(pair.getPrivate(), "operator", "doorstep", now.plus(VALID)), file, pair.getPrivate());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has RSA", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another token by the same key. */
    public String signed(String role, String audience, Instant expires) {
        return signed(key, role, audience, expires);
    }

    private static String signed(PrivateKey key, String role, String audience, Instant expires) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder().subject("demo").audience(audience).claim("roles", List.of(role))
                .issueTime(Date.from(expires.minus(VALID))).expirationTime(Date.from(expires)).build();
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        try {
            jwt.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform signs with RSA", e);
        }
        return jwt.serialize();
    }
}
