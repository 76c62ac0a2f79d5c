package dev.doorstep.modeltraining.world;

/**
 * An order of the world when it is placed.
 *
 * @param at epoch milliseconds
 * @param views of the product within the hour before
 * @param cartAdds of the product within the hour before
 */
record Placed(int number, long at, int product, int destination, String origin, String service, int quantity, int views, int cartAdds) {}
