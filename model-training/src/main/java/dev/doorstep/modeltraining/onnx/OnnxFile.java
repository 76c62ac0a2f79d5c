package dev.doorstep.modeltraining.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of an ONNX file that matters here: its nodes with their attributes, and small constants. Field numbers are those of the public
 * schema, onnx.proto of IR version 3 and later.
 */
final class OnnxFile {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_TEXT = 4;
    private static final int ATTRIBUTE_FLOATS = 7;
    private static final int ATTRIBUTE_INTEGERS = 8;
    private static final int ATTRIBUTE_TEXTS = 9;
    private static final int TENSOR_FLOATS = 4;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW = 9;

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, List<Float>> constants = new HashMap<>();

    /** An operator. */
    record Node(String operator, List<String> inputs, Map<String, Attribute> attributes) {
        Attribute attribute(String name) {
            return attributes.getOrDefault(name, new Attribute(List.of(), List.of(), List.of()));
        }
    }

    /** A value of an operator; of one text, a list of it. */
    record Attribute(List<Float> floats, List<Long> integers, List<String> texts) {}

    private OnnxFile() {}

    /**
     * Reads a file.
     *
     * @throws IOException when it is no protocol buffer of this kind
     */
    static OnnxFile read(byte[] bytes) throws IOException {
        OnnxFile file = new OnnxFile();
        each(ByteString.copyFrom(bytes), (field, in, _) -> {
            if (field != MODEL_GRAPH) {
                return false;
            }
            file.graph(in.readBytes());
            return true;
        });
        return file;
    }

    List<Node> nodes() {
        return nodes;
    }

    /** Values of a constant of floats, empty where it is none. */
    List<Float> constant(String name) {
        return constants.getOrDefault(name, List.of());
    }

    private interface Field {
        /** Takes a field in, or leaves it. */
        boolean read(int number, CodedInputStream in, int wireType) throws IOException;
    }

    private static void each(ByteString message, Field field) throws IOException {
        CodedInputStream in = message.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!field.read(WireFormat.getTagFieldNumber(tag), in, WireFormat.getTagWireType(tag))) {
                in.skipField(tag);
            }
        }
    }

    private void graph(ByteString message) throws IOException {
        each(message, (field, in, _) -> {
            switch (field) {
                case GRAPH_NODE -> nodes.add(node(in.readBytes()));
                case GRAPH_INITIALIZER -> constant(in.readBytes());
                default -> {
                    return false;
                }
            }
            return true;
        });
    }

    private static Node node(ByteString message) throws IOException {
        String[] operator = {""};
        List<String> inputs = new ArrayList<>();
        Map<String, Attribute> attributes = new HashMap<>();
        each(message, (field, in, _) -> {
            switch (field) {
                case NODE_INPUT -> inputs.add(in.readString());
                case NODE_OPERATOR -> operator[0] = in.readString();
                case NODE_ATTRIBUTE -> attribute(in.readBytes(), attributes);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new Node(operator[0], inputs, attributes);
    }

    private static void attribute(ByteString message, Map<String, Attribute> attributes) throws IOException {
        String[] name = {""};
        Attribute attribute = new Attribute(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        each(message, (field, in, wireType) -> {
            switch (field) {
                case ATTRIBUTE_NAME -> name[0] = in.readString();
                case ATTRIBUTE_TEXT, ATTRIBUTE_TEXTS -> attribute.texts().add(in.readString());
                case ATTRIBUTE_FLOATS -> numbers(in, wireType, CodedInputStream::readFloat, attribute.floats());
                case ATTRIBUTE_INTEGERS -> numbers(in, wireType, CodedInputStream::readInt64, attribute.integers());
                default -> {
                    return false;
                }
            }
            return true;
        });
        attributes.put(name[0], attribute);
    }

    private void constant(ByteString message) throws IOException {
        String[] name = {""};
        List<Float> values = new ArrayList<>();
        each(message, (field, in, wireType) -> {
            switch (field) {
                case TENSOR_NAME -> name[0] = in.readString();
                case TENSOR_FLOATS -> numbers(in, wireType, CodedInputStream::readFloat, values);
                case TENSOR_RAW -> {
                    ByteBuffer raw = in.readByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
                    while (raw.remaining() >= Float.BYTES) {
                        values.add(raw.getFloat());
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        constants.put(name[0], values);
    }

    /** How one value is read. */
    private interface Value<T> {
        T read(CodedInputStream in) throws IOException;
    }

    /** Reads numbers of a list, which come one by one or packed. */
    private static <T> void numbers(CodedInputStream in, int wireType, Value<T> value, List<T> values) throws IOException {
        if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            values.add(value.read(in));
            return;
        }
        CodedInputStream packed = in.readBytes().newCodedInput();
        while (!packed.isAtEnd()) {
            values.add(value.read(packed));
        }
    }
}
