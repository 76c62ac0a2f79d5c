package dev.doorstep.featurestore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An {@link Archive} in a bucket, below a prefix. */
public final class S3Archive implements Archive {
    private final S3Client client;
    private final String bucket;
    private final String prefix;

    /**
     * Creates an archive.
     *
     * @param prefix empty, or what all keys start with, without a slash at its end
     */
    public S3Archive(S3Client client, String bucket, String prefix) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    }

    @Override
    public void put(String name, Path file) throws IOException {
        try {
            client.putObject(request -> request.bucket(bucket).key(prefix + name), RequestBody.fromFile(file));
        } catch (SdkException e) {
            throw new IOException("S3 did not take " + name, e);
        }
    }

    @Override
    public InputStream get(String name) throws IOException {
        try {
            return client.getObject(request -> request.bucket(bucket).key(prefix + name));
        } catch (NoSuchKeyException e) {
            throw (IOException) new FileNotFoundException("the archive has no " + name).initCause(e);
        } catch (SdkException e) {
            throw new IOException("S3 did not give " + name, e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(bucket).key(prefix + name));
        } catch (SdkException e) {
            throw new IOException("S3 did not delete " + name, e);
        }
    }

    @Override
    public void expire(LocalDate before) throws IOException {
        try {
            List<String> old = client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents().stream()
                    .map(S3Object::key).takeWhile(key -> key.substring(prefix.length()).compareTo(before.toString()) < 0).toList();
            for (String key : old) {
                client.deleteObject(request -> request.bucket(bucket).key(key));
            }
        } catch (SdkException e) {
            throw new IOException("S3 did not expire originals from before " + before, e);
        }
    }
}
