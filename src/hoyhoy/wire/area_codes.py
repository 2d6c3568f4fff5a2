"""Where a North American area code is: state or province, and its chief city when it clearly has one.

Drawn once from the geographical metadata of `phonenumbers`, whose own geocoder costs half a second
and 100 MB at its first answer; webhooks need no more than this (voice reference 3.1).
"""

from __future__ import annotations

CANADIAN = frozenset(("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"))

_TABLE = """
AB: 368, 403 Calgary, 587, 780 Edmonton, 825
AK: 907 Anchorage
AL: 205 Birmingham, 251 Mobile, 256 Huntsville, 334 Montgomery, 659 Lincoln, 938
AR: 327, 479 Fort Smith, 501 Little Rock, 870 Jonesboro
AZ: 480 Scottsdale, 520 Tucson, 602 Phoenix, 623 Phoenix, 928 Flagstaff
BC: 236, 250 Victoria, 257, 604 Vancouver, 672, 778 Surrey
CA: 209 Modesto, 213 Los Angeles, 279, 310 Los Angeles, 323 Los Angeles, 341, 350, 369, 408 San Jose, 415 San
    Francisco, 424, 442, 510 Oakland, 530 Yuba City, 559 Fresno, 562 Long Beach, 619 San Diego, 626 Pasadena, 628,
    650 Redwood City, 657, 661 Bakersfield, 669, 707 Santa Rosa, 714 Anaheim, 738, 747, 760 Vista, 805 Simi
    Valley, 818 Burbank, 820, 831 Salinas, 840, 858 San Diego, 909 Rancho Cucamonga, 916 Sacramento, 925
    Pleasanton, 949 Irvine, 951 Riverside
CO: 303 Denver, 719 Colorado Springs, 720 Denver, 748, 970 Fort Collins, 983
CT: 203 New Haven, 475, 860 Hartford, 959
DC: 202 Washington, 771 Washington
DE: 302 Wilmington
FL: 239 Naples, 305 Miami, 321 Melbourne, 324, 352 Ocala, 386 Daytona Beach, 407 Orlando, 448, 561 Boca Raton,
    645, 656, 689, 727 St. Petersburg, 728 Palm Beach, 754, 772 Port St. Lucie, 786 Miami, 813 Tampa, 850
    Tallahassee, 863 Lakeland, 904 Jacksonville, 941 Sarasota, 954 Fort Lauderdale
GA: 229 Albany, 404 Atlanta, 470, 478 Macon, 678 Lawrenceville, 706 Augusta, 762, 770 Alpharetta, 912 Savannah,
    943
HI: 808 Honolulu
IA: 319 Iowa City, 515 Des Moines, 563 Davenport, 641 Mason City, 712 Sioux City
ID: 208 Boise, 986
IL: 217 Springfield, 224 North Chicago, 309 Peoria, 312 Chicago, 331, 447, 464, 618 Belleville, 630 Aurora, 708
    Oak Park, 730, 773 Chicago, 779 Rockford, 815 Rockford, 847 Schaumburg, 872 Chicago
IN: 219 Valparaiso, 260 Fort Wayne, 317 Indianapolis, 463, 574 Elkhart, 765 Lafayette, 812 Terre Haute, 930
KS: 316 Wichita, 620 Hutchinson, 785 Topeka, 913 Kansas City
KY: 270 Bowling Green, 364, 502 Louisville, 606 Ashland, 859 Lexington
LA: 225 Baton Rouge, 318 Shreveport, 337 Lafayette, 504 New Orleans, 985 Houma
MA: 339, 351, 413 Springfield, 508 Worcester, 617 Boston, 774 New Bedford, 781 Woburn, 857 Boston, 978 Lowell
MB: 204 Winnipeg, 431, 584
MD: 227, 240 Rockville, 301 Bethesda, 410 Baltimore, 443 Baltimore, 667
ME: 207 Portland
MI: 231 Muskegon, 248 Troy, 269 Kalamazoo, 313 Detroit, 517 Lansing, 586 Sterling Heights, 616 Grand Rapids, 734
    Ann Arbor, 810 Flint, 906 Marquette, 947, 989 Saginaw
MN: 218 Duluth, 320 Saint Cloud, 507 Rochester, 612 Minneapolis, 651 Saint Paul, 763 Elk River, 952 Burnsville
MO: 235, 314 St. Louis, 417 Springfield, 557, 573 Columbia, 636 St. Charles, 660 Kirksville, 816 Kansas City, 975
MS: 228 Gulfport, 601 Jackson, 662 Tupelo, 769 Jackson
MT: 406 Billings
NB: 428, 506 Saint John
NC: 252 Greenville, 336 Greensboro, 472, 704 Charlotte, 743, 828 Asheville, 910 Wilmington, 919 Durham, 980
    Charlotte, 984
ND: 701 Fargo
NE: 308 Grand Island, 402 Omaha, 531
NH: 603 Manchester
NJ: 201 Jersey City, 551, 609 Princeton, 640, 732 Toms River, 848, 856 Cherry Hill, 862 Fairfield, 908 Elizabeth,
    973 Newark
NL: 709 St. John's, 879
NM: 505 Albuquerque, 575 Las Cruces
NS: 782, 902 Halifax
NV: 702 Las Vegas, 725, 775 Reno
NY: 212 New York, 315 Syracuse, 329, 332 New York, 347 Brooklyn, 363, 516 Valley Stream, 518 Albany, 585
    Rochester, 607 Binghamton, 631 Deer Park, 646 New York, 680, 716 Niagara Falls, 718 Brooklyn, 838, 845
    Poughkeepsie, 914 White Plains, 917, 929, 934 New York
OH: 216 Cleveland, 220, 234 Akron, 283, 326, 330 Akron, 380, 419 Toledo, 440 Cleveland, 513 Cincinnati, 567, 614
    Columbus, 740 Newark, 937 Dayton
OK: 405 Oklahoma City, 539, 572, 580 Lawton, 918 Tulsa
ON: 226 London, 249, 289 Hamilton, 343, 365, 382, 416 Toronto, 437 Toronto, 519 London, 548, 613 Ottawa, 647, 683,
    705 Greater Sudbury, 742, 753, 807 Thunder Bay, 905 Mississauga, 942 Toronto
OR: 458, 503 Portland, 541 Eugene, 971 Portland
PA: 215 Philadelphia, 223, 267 Philadelphia, 272, 412 Pittsburgh, 445 Philadelphia, 484 Allentown, 570 Scranton,
    582, 610 Allentown, 717 Harrisburg, 724 Butler, 814 Erie, 835, 878
QC: 263 Montreal, 273, 354, 367, 418 Quebec City, 438 Montreal, 450 Longueuil, 468, 514 Montreal, 579, 581, 819
    Gatineau, 873
RI: 401 Providence
SC: 803 Columbia, 821, 839, 843 Charleston, 854, 864 Greenville
SD: 605 Rapid City
SK: 306 Saskatoon, 474, 639
TN: 423 Chattanooga, 615 Nashville, 629, 731 Jackson, 865 Knoxville, 901 Memphis, 931 Clarksville
TX: 210 San Antonio, 214 Dallas, 254 Waco, 281 Houston, 325 San Angelo, 346, 361 Corpus Christi, 409 Beaumont,
    430, 432 Odessa, 469 Plano, 512 Austin, 682 Mansfield, 713 Houston, 726 San Antonio, 737, 806 Amarillo, 817
    Fort Worth, 830 New Braunfels, 832 Houston, 903 Tyler, 915 El Paso, 936 Conroe, 940 Wichita Falls, 945, 956
    McAllen, 972 Dallas, 979 Bryan
UT: 385, 435 St. George, 801 Salt Lake City
VA: 276 Bristol, 434 Lynchburg, 540 Roanoke, 571 Manassas, 686, 703 Alexandria, 757 Virginia Beach, 804 Richmond,
    826, 948
VI: 340 Chtamstths
VT: 802 Brattleboro
WA: 206 Seattle, 253 Tacoma, 360 Vancouver, 425 Bellevue, 509 Spokane, 564
WI: 262 Waukesha, 274, 353, 414 Milwaukee, 534, 608 Madison, 715 Wisconsin Rapids, 920 Green Bay
WV: 304 Morgantown, 681
WY: 307 Casper
YT: 867 Whitehorse
"""


def _read(table: str) -> dict[str, tuple[str, str]]:
    """Area code -> (city in capitals or "", state); indented lines continue the one before."""
    places: dict[str, tuple[str, str]] = {}
    for line in table.strip().replace("\n    ", " ").splitlines():
        state, _, areas = line.partition(": ")
        for area in areas.split(", "):
            code, _, city = area.partition(" ")
            places[code] = (city.upper(), state)
    return places


PLACES = _read(_TABLE)
