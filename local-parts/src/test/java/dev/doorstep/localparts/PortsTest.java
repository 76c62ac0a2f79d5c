package dev.doorstep.localparts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void free_isGivenOnce_andNoneOfThoseThatConnectionsTake() throws Exception {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ports.add(Ports.free());
        }
        // Linux gives from 32768 on, others from 49152 on.
        assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port >= 20_000 && port < 32_768);
        int taken = ports.getLast() % 32_000 + 1;
        try (ServerSocket _ = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.free()).isNotEqualTo(taken);
        }
    }
}
