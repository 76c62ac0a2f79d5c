package dev.doorstep.commonmodel.document;

/** Takes the bytes of one document over the limit while they pass by, the first one first. Nothing that it meets may stop the reader. */
public interface Spill {
    void write(byte[] bytes, int offset, int length);
}
