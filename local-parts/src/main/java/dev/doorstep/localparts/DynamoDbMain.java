package dev.doorstep.localparts;

import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs one DynamoDB Local: {@code DynamoDbMain DATA_DIRECTORY|- PORT}. */
final class DynamoDbMain {
    private static final List<String> LIBRARIES = List.of("libsqlite4java-linux-amd64.so", "libsqlite4java-linux-aarch64.so",
            "libsqlite4java-osx.dylib", "libsqlite4java-osx-amd64.dylib", "libsqlite4java-osx-aarch64.dylib");

    private DynamoDbMain() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("sqlite4java.library.path", unpackLibraries().toString());
        List<String> options = new ArrayList<>(List.of("-disableTelemetry", "-sharedDb", "-port", arguments[1]));
        if (arguments[0].equals("-")) {
            options.add("-inMemory");
        } else {
            Files.createDirectories(Path.of(arguments[0]));
            options.addAll(List.of("-dbPath", arguments[0]));
        }
        DynamoDBProxyServer server = ServerRunner.createServerFromCommandLineArgs(options.toArray(String[]::new));
        server.start();
        server.join();
    }

    private static Path unpackLibraries() throws IOException {
        Path directory = Files.createTempDirectory("doorstep-sqlite");
        directory.toFile().deleteOnExit();
        for (String library : LIBRARIES) {
            try (InputStream in = DynamoDbMain.class.getResourceAsStream("/native/" + library)) {
                if (in != null) {
                    Path file = directory.resolve(library);
                    Files.copy(in, file);
                    file.toFile().deleteOnExit();
                }
            }
        }
        return directory;
    }
}
