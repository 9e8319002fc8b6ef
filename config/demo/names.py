"""Invented people and firms. Pure."""

from random import Random

# ruff: noqa: SIM905 (lists of words read better unquoted)

FIRST = (
    "Aiko Amara Anders Ángel Anouk Arjun Astrid Ayşe Bao Beatriz Bram Camille Chidi Clara Daan Dalia Davide Diego "
    "Elif Elin Emeka Esther Farah Femke Finn Gita Goran Hana Hugo Ida Imani Ines Ivo Jamal Jana Jens Jun Kaito Karin "
    "Kofi Lars Leila Lena Luca Magnus Maja Malik Marta Mei Milan Mira Nadia Niels Noor Olga Omar Owen Paula Piotr "
    "Priya Quinn Rafael Renske Rosa Ruben Samir Sanne Selma Siddharth Sofia Soren Tanvi Tariq Teun Thea Tomás Uma "
    "Vera Viktor Wanja Wen Xenia Yara Yusuf Zanele Zoë"
).split()
LAST = (
    "Abara Aguilar Andersen Baker Bakker Banerjee Bauer Bergström Blom Calder Castillo Chen Cruz Dahl Demir Diallo "
    "Dijkstra Egede Eriksen Fischer Fontaine Garcia Ghosh Haddad Hansen Holm Ibarra Ito Jansen Joshi Kaya Keller Kim "
    "Kowalski Kuiper Larsen Lefèvre Lindqvist Lopez Maes Marin Mbeki Meijer Mensah Moreau Mori Nair Nilsen Novak "
    "Okafor Olsen Osei Park Patel Petit Quist Rahman Ramos Reyes Rossi Sato Schmidt Silva Singh Smit Sørensen Tanaka "
    "Torres Tran Ueda Vargas Vermeer Visser Wagner Weiss Wolf Yamada Young Zhang Zimmer"
).split()
PLACES = (
    "Alder Ashford Baltic Birch Bramble Bright Canal Cedar Clear Copper Delta Dover East Elm Fair Fjord Glen Granite "
    "Harbour Hazel High Iron Juniper Kestrel Lake Linden Maple Marsh Mill North Oak Orchard Pine Quarry Red River "
    "Rowan Sable Silver South Stone Thorn Tide Upland Vale West Willow Wind Winter Yarrow"
).split()
TRADES = {
    "food": "Foods Provisions Dairy Bakeries Produce".split(),
    "retail": "Stores Home Outfitters Wholesale Market".split(),
    "automotive": "Motors Parts Axle Components Works".split(),
    "pharma": "Pharma Labs Medical Health Biologics".split(),
    "parcel": "Parcel Express Logistics Freight Couriers".split(),
    "legal": "Law Legal Counsel Partners Chambers".split(),
    "property": "Estates Property Homes Land Holdings".split(),
    "insurance": "Insurance Mutual Assurance Cover Underwriting".split(),
}
_PLAIN = str.maketrans("ÁáşèëöøãŞ", "AaseeooaS")


def plain(name: str) -> str:
    """The name in small letters of ASCII and single spaces, for addresses."""
    letters = name.translate(_PLAIN).lower()
    return " ".join("".join(c for c in letters if c.isascii() and (c.isalnum() or c == " ")).split())


def firm(random: Random, industry: str) -> str:
    return (
        f"{random.choice(PLACES)}{random.choice(('', ' & ' + random.choice(LAST)))} {random.choice(TRADES[industry])}"
    )


def person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def address(name: str, number: int, domain: str) -> str:
    """An e-mail address that is never a real one (RFC 2606 reserves .example)."""
    return f"{plain(name).replace(' ', '.')}.{number}@{domain}.example"
