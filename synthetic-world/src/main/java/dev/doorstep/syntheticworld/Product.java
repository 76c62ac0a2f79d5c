package dev.doorstep.syntheticworld;

/**
 * A product of the world.
 *
 * @param handlingClass one of the default policy's
 * @param handling factor on the time of preparing that nobody writes down
 */
record Product(String sku, String handlingClass, double weightKg, double price, double handling) {}
