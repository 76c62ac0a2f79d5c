package dev.doorstep.commonmodel.place;

import java.time.ZoneId;

/**
 * Where an address lies, as closely as its postal code tells.
 *
 * @param region state or province code, empty where it is not known
 * @param latitude degrees north
 * @param longitude degrees east
 */
public record Place(String country, String region, double latitude, double longitude, ZoneId zone, Precision precision) {
    private static final double EARTH_RADIUS_KM = 6371.0088;

    /** Great-circle distance in kilometres (haversine, mean earth radius of IUGG). */
    public double distanceKm(Place other) {
        double dLat = StrictMath.toRadians(other.latitude - latitude);
        double dLon = StrictMath.toRadians(other.longitude - longitude);
        double a = square(StrictMath.sin(dLat / 2)) + StrictMath.cos(StrictMath.toRadians(latitude))
                * StrictMath.cos(StrictMath.toRadians(other.latitude)) * square(StrictMath.sin(dLon / 2));
        return 2 * EARTH_RADIUS_KM * StrictMath.asin(StrictMath.sqrt(a));
    }

    private static double square(double x) {
        return x * x;
    }
}
