package dev.doorstep.syntheticworld;

import dev.doorstep.commonmodel.place.Place;

/**
 * A ZIP code of the world.
 *
 * @param weather weather region
 * @param transit factor on the time of transit that nobody writes down
 * @param origin name of the nearest origin
 */
record Destination(String zipCode, Place place, int weather, double transit, String origin) {}
