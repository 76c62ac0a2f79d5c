package dev.doorstep.syntheticworld;

/**
 * An order of the world when it is placed.
 *
 * @param at epoch milliseconds
 * @param views of the product within the hour before
 * @param cartAdds of the product within the hour before
 */
record Placed(int number, long at, int product, int destination, String origin, String service, int quantity, int views, int cartAdds) {
    /** The same order at another instant. */
    Placed at(long instant) {
        return new Placed(number, instant, product, destination, origin, service, quantity, views, cartAdds);
    }
}
