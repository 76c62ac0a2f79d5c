package dev.doorstep.localparts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPartsTest {
    @TempDir
    Path directory;

    @Test
    void kafka_restarted_keepsItsTopics() throws Exception {
        try (KafkaNode kafka = KafkaNode.start(directory)) {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            try (Admin admin = Admin.create(properties)) {
                admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1))).all().get(30, TimeUnit.SECONDS);
                kafka.process().kill();
                assertThat(kafka.process().isAlive()).isFalse();
                kafka.restart();
                assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("kept");
            }
        }
    }

    @Test
    void dynamoDb_started_listensUntilStopped() {
        DynamoDbNode dynamoDb = DynamoDbNode.inMemory(directory);
        int port = Integer.parseInt(dynamoDb.endpoint().replaceAll(".*:", ""));
        assertThat(Ports.isTaken(port)).isTrue();
        dynamoDb.close();
        assertThat(Ports.isTaken(port)).isFalse();
    }

    @Test
    void child_parentKilled_endsToo() throws IOException, InterruptedException {
        // 1. A parent JVM starts a child that would sleep for an hour, and prints the child's process id.
        Process parent = new ProcessBuilder(ChildProcess.java(), "-cp", System.getProperty("java.class.path"),
                SleepingParent.class.getName(), directory.toString()).start();
        long child = Long.parseLong(parent.inputReader().readLine());
        assertThat(ProcessHandle.of(child)).hasValueSatisfying(handle -> assertThat(handle.isAlive()).isTrue());
        // 2. The parent is killed and gets no chance to clean up.
        parent.destroyForcibly().waitFor();
        // 3. The child ends.
        assertThat(ProcessHandle.of(child).map(handle -> handle.onExit().orTimeout(30, TimeUnit.SECONDS).join().isAlive()).orElse(false))
                .isFalse();
    }

    /** Main of the parent in {@link #child_parentKilled_endsToo()}. */
    static final class SleepingParent {
        private SleepingParent() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws InterruptedException {
            ChildProcess child = ChildProcess.start("sleeper", List.of("sleep", "3600"), Map.of(), Path.of(arguments[0]));
            System.out.println(child.pid());
            Thread.sleep(3_600_000);
        }
    }
}
