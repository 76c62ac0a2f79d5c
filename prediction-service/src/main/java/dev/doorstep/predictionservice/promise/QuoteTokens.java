package dev.doorstep.predictionservice.promise;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.predictionservice.PredictionSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes quotes into tokens and reads them back. A token carries its whole quote, so that no answer has to be stored before it is
 * promised, under a keyed digest (HMAC-SHA256, 128 bits), so that nobody else can make one. Thread-safe.
 */
@Component
public class QuoteTokens {
    private static final Logger log = LoggerFactory.getLogger(QuoteTokens.class);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 16;
    /** The first byte of a token is this and the sum of what follows. */
    private static final int VERSION = 1;
    private static final int WITH_SUBJECT = 1;
    private static final int WITH_QUESTION = 2;

    private final List<Mac> macs = new ArrayList<>();

    public QuoteTokens(PredictionSettings settings) {
        List<String> secrets = settings.prediction().tokenSecrets();
        if (secrets.isEmpty()) {
            log.warn("doorstep.prediction.token-secrets is not set: tokens hold for this process only");
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            macs.add(mac(random));
        }
        secrets.forEach(secret -> macs.add(mac(secret.getBytes(StandardCharsets.UTF_8))));
    }

    /** The token of a quote: URL-safe text of some 250 characters. */
    public String write(Quote quote) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(192);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(VERSION + (quote.subject() == null ? 0 : WITH_SUBJECT) + (quote.question() == null ? 0 : WITH_QUESTION));
            out.writeLong(quote.predictionId().getMostSignificantBits());
            out.writeLong(quote.predictionId().getLeastSignificantBits());
            out.writeLong(quote.validUntil().toEpochMilli());
            writeDate(out, quote.deliveryDate());
            writeDate(out, quote.window().earliestDate());
            writeDate(out, quote.window().likelyDate());
            writeDate(out, quote.window().latestDate());
            out.writeDouble(quote.targetConfidence());
            out.writeFloat((float) quote.probability());
            out.writeFloat((float) quote.window().probability());
            out.writeUTF(quote.basis().name());
            out.writeUTF(quote.timeZone());
            out.writeUTF(quote.service());
            out.writeUTF(quote.model().name());
            out.writeUTF(quote.model().version());
            if (quote.subject() != null) {
                out.writeUTF(quote.subject());
            }
            if (quote.question() != null) {
                out.write(HexFormat.of().parseHex(quote.question()));
            }
            out.write(HexFormat.of().parseHex(quote.policyDigest()));
            byte[] body = bytes.toByteArray();
            out.write(digest(macs.getFirst(), body, body.length));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
    }

    /** The quote of a token that was kept, or null where it is signed with a secret that is not one of this replica's. */
    public @Nullable Quote find(String token) {
        try {
            return read(token);
        } catch (DoorstepException _) {
            return null;
        }
    }

    /**
     * Reads a token.
     *
     * @throws DoorstepException {@code INVALID_TOKEN} when it was not written here or was changed
     */
    public Quote read(String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException _) {
            throw invalid();
        }
        int length = bytes.length - MAC_BYTES;
        if (length <= 0 || bytes[0] < VERSION || bytes[0] > VERSION + WITH_SUBJECT + WITH_QUESTION) {
            throw invalid();
        }
        byte[] given = Arrays.copyOfRange(bytes, length, bytes.length);
        if (macs.stream().noneMatch(mac -> MessageDigest.isEqual(digest(mac, bytes, length), given))) {
            throw invalid();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 1, length - 1))) {
            return readQuote(in, bytes[0] - VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException("a token with a valid digest can't be read", e);
        }
    }

    private static Quote readQuote(DataInputStream in, int parts) throws IOException {
        UUID id = new UUID(in.readLong(), in.readLong());
        Instant validUntil = Instant.ofEpochMilli(in.readLong());
        LocalDate date = readDate(in);
        LocalDate earliest = readDate(in);
        LocalDate likely = readDate(in);
        LocalDate latest = readDate(in);
        double confidence = in.readDouble();
        double probability = fourDecimals(in.readFloat());
        double within = fourDecimals(in.readFloat());
        Basis basis = Basis.valueOf(in.readUTF());
        String zone = in.readUTF();
        String service = in.readUTF();
        PredictionAnswer.Model model = new PredictionAnswer.Model(in.readUTF(), in.readUTF());
        String subject = (parts & WITH_SUBJECT) == 0 ? null : in.readUTF();
        String question = (parts & WITH_QUESTION) == 0 ? null : HexFormat.of().formatHex(in.readNBytes(Question.BYTES));
        String policy = HexFormat.of().formatHex(in.readAllBytes());
        return new Quote(id, validUntil, date, confidence, probability, new PredictionAnswer.Window(earliest, likely, latest, within), zone,
                basis, service, model, policy, subject, question);
    }

    private static void writeDate(DataOutputStream out, LocalDate date) throws IOException {
        out.writeInt(Math.toIntExact(date.toEpochDay()));
    }

    private static LocalDate readDate(DataInputStream in) throws IOException {
        return LocalDate.ofEpochDay(in.readInt());
    }

    /** Probabilities of answers have four decimals, so a float holds them and this gives them back as they were. */
    private static double fourDecimals(float value) {
        return Math.round(value * 10_000.0) / 10_000.0;
    }

    private static Mac mac(byte[] secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static byte[] digest(Mac prototype, byte[] bytes, int length) {
        try {
            Mac mac = (Mac) prototype.clone();
            mac.update(bytes, 0, length);
            return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's " + ALGORITHM + " can be cloned", e);
        }
    }

    private static DoorstepException invalid() {
        return new DoorstepException(ErrorCode.INVALID_TOKEN, "token", "token was not issued here, or was changed");
    }
}
