"""Where the chief cities of North American area codes are, as the search for numbers shows and filters them.

Written down by hand: the centre of each city to a hundredth of a degree, one of its postal codes (in Canada
the three characters of its district) and its LATA, which all of Canada shares. What was not certain is left out
(voice reference 9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from .area_codes import CANADIAN, PLACES

EARTH = 3958.8
"""Radius in miles."""

CANADIAN_LATA = "888"

_TABLE = """
AB: Calgary 51.05 -114.07 T2P, Edmonton 53.55 -113.49 T5J
AK: Anchorage 61.22 -149.90 99501 832
AL: Birmingham 33.52 -86.80 35203 476, Mobile 30.69 -88.04 36602 480, Huntsville 34.73 -86.59 35801 477, Montgomery
    32.37 -86.30 36104 478, Lincoln 33.61 -86.12 35096 476
AR: Fort Smith 35.39 -94.40 72901 526, Little Rock 34.75 -92.29 72201 528, Jonesboro 35.84 -90.70 72401 528
AZ: Scottsdale 33.49 -111.93 85251 666, Tucson 32.22 -110.97 85701 668, Phoenix 33.45 -112.07 85003 666, Flagstaff
    35.20 -111.65 86001 666
BC: Victoria 48.43 -123.37 V8W, Vancouver 49.28 -123.12 V6B, Surrey 49.19 -122.85 V3T
CA: Modesto 37.64 -121.00 95354 738, Los Angeles 34.05 -118.24 90012 730, San Jose 37.34 -121.89 95113 722, San
    Francisco 37.77 -122.42 94102 722, Oakland 37.80 -122.27 94612 722, Yuba City 39.14 -121.62 95991 726, Fresno
    36.74 -119.79 93721 728, Long Beach 33.77 -118.19 90802 730, San Diego 32.72 -117.16 92101 732, Pasadena 34.15
    -118.14 91101 730, Redwood City 37.49 -122.24 94063 722, Bakersfield 35.37 -119.02 93301 734, Santa Rosa 38.44
    -122.71 95404 722, Anaheim 33.84 -117.91 92805 730, Vista 33.20 -117.24 92084 732, Simi Valley 34.27 -118.78
    93065 730, Burbank 34.18 -118.31 91502 730, Rancho Cucamonga 34.11 -117.59 91730 730, Sacramento 38.58 -121.49
    95814 726, Pleasanton 37.66 -121.87 94566 722, Irvine 33.68 -117.83 92614 730, Riverside 33.95 -117.40 92501 730,
    Salinas 36.68 -121.66 93901 736
CO: Denver 39.74 -104.99 80202 656, Colorado Springs 38.83 -104.82 80903 658, Fort Collins 40.59 -105.08 80521 656
CT: New Haven 41.31 -72.93 06510 920, Hartford 41.76 -72.67 06103 920
DC: Washington 38.91 -77.04 20001 236
DE: Wilmington 39.75 -75.55 19801 228
FL: Naples 26.14 -81.79 34102 939, Miami 25.76 -80.19 33131 460, Melbourne 28.08 -80.61 32901 458, Ocala 29.19
    -82.14 34471 454, Daytona Beach 29.21 -81.02 32114 456, Orlando 28.54 -81.38 32801 458, Boca Raton 26.36 -80.08
    33432 460, St. Petersburg 27.77 -82.64 33701 952, Palm Beach 26.71 -80.04 33480 460, Port St. Lucie 27.27 -80.36
    34952 460, Tampa 27.95 -82.46 33602 952, Tallahassee 30.44 -84.28 32301 953, Lakeland 28.04 -81.95 33801 952,
    Jacksonville 30.33 -81.66 32202 452, Sarasota 27.34 -82.53 34236 952, Fort Lauderdale 26.12 -80.14 33301 460
GA: Albany 31.58 -84.16 31701 444, Atlanta 33.75 -84.39 30303 438, Macon 32.84 -83.63 31201 446, Lawrenceville 33.96
    -83.99 30046 438, Augusta 33.47 -81.97 30901 442, Alpharetta 34.08 -84.29 30009 438, Savannah 32.08 -81.09
    31401 440
HI: Honolulu 21.31 -157.86 96813 834
IA: Iowa City 41.66 -91.53 52240 635, Des Moines 41.59 -93.62 50309 632, Davenport 41.52 -90.58 52801 634, Mason
    City 43.15 -93.20 50401 632, Sioux City 42.50 -96.40 51101 630
ID: Boise 43.62 -116.20 83702 652
IL: Springfield 39.80 -89.64 62701 374, North Chicago 42.33 -87.84 60064 358, Peoria 40.69 -89.59 61602 368, Chicago
    41.88 -87.63 60602 358, Belleville 38.52 -89.98 62220 520, Aurora 41.76 -88.32 60505 358, Oak Park 41.89 -87.78
    60302 358, Rockford 42.27 -89.09 61101 360, Schaumburg 42.03 -88.08 60193 358
IN: Valparaiso 41.47 -87.06 46383 358, Fort Wayne 41.08 -85.14 46802 334, Indianapolis 39.77 -86.16 46204 336,
    Elkhart 41.68 -85.98 46516 332, Lafayette 40.42 -86.88 47901 336, Terre Haute 39.47 -87.41 47807 938
KS: Wichita 37.69 -97.34 67202 532, Hutchinson 38.06 -97.93 67501 532, Topeka 39.05 -95.68 66603 534, Kansas City
    39.11 -94.63 66101 524
KY: Bowling Green 36.99 -86.44 42101, Louisville 38.25 -85.76 40202 462, Ashland 38.48 -82.64 41101, Lexington 38.04
    -84.50 40507 466
LA: Baton Rouge 30.45 -91.19 70801 492, Shreveport 32.53 -93.75 71101 486, Lafayette 30.22 -92.02 70501 488, New
    Orleans 29.95 -90.07 70112 490, Houma 29.60 -90.72 70360 490
MA: Springfield 42.10 -72.59 01103 126, Worcester 42.26 -71.80 01608 128, Boston 42.36 -71.06 02108 128, New Bedford
    41.64 -70.93 02740 128, Woburn 42.48 -71.15 01801 128, Lowell 42.63 -71.32 01852 128
MB: Winnipeg 49.90 -97.14 R3C
MD: Rockville 39.08 -77.15 20850 236, Bethesda 38.98 -77.09 20814 236, Baltimore 39.29 -76.61 21202 238
ME: Portland 43.66 -70.26 04101 120
MI: Muskegon 43.23 -86.25 49440 348, Troy 42.61 -83.15 48084 340, Kalamazoo 42.29 -85.59 49007 348, Detroit 42.33
    -83.05 48226 340, Lansing 42.73 -84.56 48933 346, Sterling Heights 42.58 -83.03 48313 340, Grand Rapids 42.96
    -85.67 49503 348, Ann Arbor 42.28 -83.74 48104 340, Flint 43.01 -83.69 48502, Marquette 46.55 -87.40 49855 342,
    Saginaw 43.42 -83.95 48607 344
MN: Duluth 46.79 -92.10 55802 624, Saint Cloud 45.56 -94.16 56301 626, Rochester 44.02 -92.47 55902 620, Minneapolis
    44.98 -93.27 55401 628, Saint Paul 44.95 -93.09 55102 628, Elk River 45.30 -93.57 55330 628, Burnsville 44.77
    -93.28 55337 628
MO: St. Louis 38.63 -90.20 63101 520, Springfield 37.21 -93.29 65806 522, Columbia 38.95 -92.33 65201 521, St.
    Charles 38.79 -90.50 63301 520, Kirksville 40.19 -92.58 63501, Kansas City 39.10 -94.58 64106 524
MS: Gulfport 30.37 -89.09 39501 484, Jackson 32.30 -90.18 39201 482, Tupelo 34.26 -88.70 38801
MT: Billings 45.78 -108.50 59101 650
NB: Saint John 45.27 -66.06 E2L
NC: Greenville 35.61 -77.37 27834 951, Greensboro 36.07 -79.79 27401 424, Charlotte 35.23 -80.84 28202 422,
    Asheville 35.60 -82.55 28801 420, Wilmington 34.23 -77.94 28401 428, Durham 35.99 -78.90 27701 426
ND: Fargo 46.88 -96.79 58102 636
NE: Grand Island 40.93 -98.34 68801 646, Omaha 41.26 -95.93 68102 644
NH: Manchester 42.99 -71.46 03101 122
NJ: Jersey City 40.73 -74.08 07302 224, Princeton 40.35 -74.66 08540 222, Toms River 39.95 -74.20 08753, Cherry Hill
    39.93 -75.03 08002 222, Fairfield 40.88 -74.31 07004 224, Elizabeth 40.66 -74.21 07201 224, Newark 40.74 -74.17
    07102 224
NL: St. John's 47.56 -52.71 A1C
NM: Albuquerque 35.08 -106.65 87102 664, Las Cruces 32.31 -106.78 88001 664
NS: Halifax 44.65 -63.57 B3J
NV: Las Vegas 36.17 -115.14 89101 721, Reno 39.53 -119.81 89501 720
NY: New York 40.71 -74.01 10007 132, Syracuse 43.05 -76.15 13202 136, Brooklyn 40.68 -73.94 11201 132, Valley Stream
    40.66 -73.71 11580 132, Albany 42.65 -73.76 12207 134, Rochester 43.16 -77.61 14604 974, Binghamton 42.10 -75.91
    13901 138, Deer Park 40.76 -73.33 11729 132, Niagara Falls 43.10 -79.04 14301 140, Poughkeepsie 41.70 -73.92
    12601 133, White Plains 41.03 -73.76 10601 132
OH: Cleveland 41.50 -81.69 44113 320, Akron 41.08 -81.52 44308 325, Toledo 41.65 -83.54 43604 326, Cincinnati 39.10
    -84.51 45202 922, Columbus 39.96 -83.00 43215 324, Newark 40.06 -82.40 43055 324, Dayton 39.76 -84.19 45402 328
OK: Oklahoma City 35.47 -97.52 73102 536, Lawton 34.60 -98.40 73501 536, Tulsa 36.15 -95.99 74103 538
ON: London 42.98 -81.25 N6A, Hamilton 43.26 -79.87 L8P, Toronto 43.65 -79.38 M5H, Ottawa 45.42 -75.70 K1P, Greater
    Sudbury 46.49 -80.99 P3E, Thunder Bay 48.38 -89.25 P7B, Mississauga 43.59 -79.64 L5B
OR: Portland 45.52 -122.68 97204 672, Eugene 44.05 -123.09 97401 670
PA: Philadelphia 39.95 -75.17 19107 228, Pittsburgh 40.44 -80.00 15222 234, Allentown 40.60 -75.48 18101 228,
    Scranton 41.41 -75.66 18503 232, Harrisburg 40.27 -76.88 17101 226, Butler 40.86 -79.90 16001 234, Erie 42.13
    -80.09 16501 924
QC: Montreal 45.50 -73.57 H3B, Quebec City 46.81 -71.21 G1R, Longueuil 45.53 -73.51 J4K, Gatineau 45.48 -75.70 J8X
RI: Providence 41.82 -71.41 02903 130
SC: Columbia 34.00 -81.03 29201 434, Charleston 32.78 -79.93 29401 436, Greenville 34.85 -82.40 29601 430
SD: Rapid City 44.08 -103.23 57701 640
SK: Saskatoon 52.13 -106.67 S7K
TN: Chattanooga 35.05 -85.31 37402 472, Nashville 36.16 -86.78 37201 470, Jackson 35.61 -88.81 38301 468, Knoxville
    35.96 -83.92 37902 474, Memphis 35.15 -90.05 38103 468, Clarksville 36.53 -87.36 37040 470
TX: San Antonio 29.42 -98.49 78205 566, Dallas 32.78 -96.80 75201 552, Waco 31.55 -97.15 76701 556, Houston 29.76
    -95.37 77002 560, San Angelo 31.46 -100.44 76903 961, Corpus Christi 27.80 -97.40 78401 564, Beaumont 30.08
    -94.13 77701 562, Odessa 31.85 -102.37 79761 542, Plano 33.02 -96.70 75074 552, Austin 30.27 -97.74 78701 558,
    Mansfield 32.56 -97.14 76063 552, Amarillo 35.22 -101.83 79101 546, Fort Worth 32.76 -97.33 76102 552, New
    Braunfels 29.70 -98.12 78130 566, Tyler 32.35 -95.30 75702 554, El Paso 31.76 -106.49 79901 540, Conroe 30.31
    -95.46 77301 560, Wichita Falls 33.91 -98.49 76301 548, McAllen 26.20 -98.23 78501 568, Bryan 30.67 -96.37
    77803 570
UT: St. George 37.10 -113.58 84770 660, Salt Lake City 40.76 -111.89 84111 660
VA: Bristol 36.60 -82.19 24201 956, Lynchburg 37.41 -79.14 24504 250, Roanoke 37.27 -79.94 24011 244, Manassas 38.75
    -77.48 20110 236, Alexandria 38.80 -77.05 22314 236, Virginia Beach 36.85 -75.98 23451 252, Richmond 37.54
    -77.44 23219 248
VT: Brattleboro 42.85 -72.56 05301 124
WA: Seattle 47.61 -122.33 98101 674, Tacoma 47.25 -122.44 98402 674, Vancouver 45.63 -122.67 98660 672, Bellevue
    47.61 -122.20 98004 674, Spokane 47.66 -117.43 99201 676
WI: Waukesha 43.01 -88.23 53186 356, Milwaukee 43.04 -87.91 53202 356, Madison 43.07 -89.40 53703 354, Wisconsin
    Rapids 44.39 -89.82 54494, Green Bay 44.51 -88.02 54301 350
WV: Morgantown 39.63 -79.96 26505 256
WY: Casper 42.85 -106.33 82601 654
YT: Whitehorse 60.72 -135.06 Y1A
"""


@dataclass(frozen=True, slots=True)
class Locality:
    """Where the numbers of an area code are; what is not known is empty or None. Degrees north and east."""

    region: str
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    postal_code: str = ""
    lata: str = ""

    @property
    def rate_center(self) -> str:
        return self.name.upper()

    def miles_to(self, latitude: float, longitude: float) -> float | None:
        """Along a great circle, by the haversine formula; None when nobody knows where this is."""
        if self.latitude is None or self.longitude is None:
            return None
        here, there = radians(self.latitude), radians(latitude)
        apart = (
            sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(radians(longitude - self.longitude) / 2) ** 2
        )
        return 2 * EARTH * asin(min(1.0, sqrt(apart)))


def _read(table: str) -> dict[tuple[str, str], Locality]:
    """By name in capitals and region, as `area_codes` names them; indented lines continue the one before."""
    found = {}
    for line in table.strip().replace("\n    ", " ").splitlines():
        region, _, cities = line.partition(": ")
        for city in cities.split(", "):
            words = city.split()
            at = next(i for i, word in enumerate(words) if word[0].isdigit())
            name, (latitude, longitude, postal_code, *rest) = " ".join(words[:at]), words[at:]
            lata = CANADIAN_LATA if region in CANADIAN else "".join(rest)
            found[name.upper(), region] = Locality(region, name, float(latitude), float(longitude), postal_code, lata)
    return found


@lru_cache(maxsize=1)
def localities() -> dict[str, Locality]:
    """By area code; of one without a chief city only the region is known."""
    cities = _read(_TABLE)
    return {
        code: cities.get((city, region), Locality(region, lata=CANADIAN_LATA if region in CANADIAN else ""))
        for code, (city, region) in PLACES.items()
    }


def area_codes(fits: Callable[[Locality], bool]) -> frozenset[str]:
    """The area codes whose locality fits."""
    return frozenset(code for code, locality in localities().items() if fits(locality))


def locality_of(e164: str) -> Locality | None:
    """Where a North American number is; None for a toll-free number and the rest of the world."""
    return localities().get(e164[2:5]) if e164.startswith("+1") and len(e164) == 12 else None
