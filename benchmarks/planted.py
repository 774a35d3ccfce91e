"""How much personal data is found, and how much of what only looks like it is harmed.

Run: `python -m benchmarks.planted [--seed N] [--rounds N] [--json]`. Made-up numbers, names and accounts are planted
into made-up complaints, and into real ones where `ADUAN_SHARED` names a folder of evaluation data. A secret counts as
found when nothing of it is left; a look-alike as harmed when it is not there any more as it was written.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from normalizer.number import make_number
from normalizer.privacy import scrub
from normalizer.text import tidy

Dice = random.Random
Plant = Callable[[Dice], tuple[str, str]]
"""Makes a stretch of text, and what in it is secret; of a look-alike nothing is."""

GIVEN = "Budi Sri Agus Dewi Joko Rina Slamet Wayan Ahmad Maria Dimas Putri Yohanes Nur Tono Lestari".split()
FAMILY = "Contoh Teladan Misalnya Umpama Percobaan".split()
"""Nobody is called that."""
CARRIERS = (
    "Lampu jalan di gang kami mati sejak Senin. {} Mohon diperbaiki.",
    "Saluran mampet dan meluap tiap hujan, {} terima kasih",
    "{} sampah menumpuk di depan pasar",
    "Jalan berlubang besar di RT 03/05.\n{}\nTolong ditambal ya",
    "mohon dibantu min {}",
)


def digits(dice: Dice, count: int) -> str:
    """Give so many digits."""
    return "".join(dice.choices("0123456789", k=count))


def grouped(number: str, *sizes: int, by: str) -> str:
    """Split a number into groups of these sizes."""
    ends = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    return by.join(number[start:end] for start, end in zip(ends, [*ends[1:], len(number)], strict=True) if start < end)


def identity(dice: Dice) -> str:
    """Make a number of an identity or family card, with a date of birth inside."""
    day, month = dice.randint(1, 28) + dice.choice((0, 40)), dice.randint(1, 12)
    return f"31{digits(dice, 4)}{day:02}{month:02}{digits(dice, 2)}{digits(dice, 4)}"


def nik(dice: Dice) -> tuple[str, str]:
    """Plant a number of an identity card."""
    number = identity(dice)
    written = dice.choice((number, number, grouped(number, 4, 4, 4, by=" "), grouped(number, 4, 4, 4, by="-")))
    cue = dice.choice(("NIK {}", "nik saya {}", "no KTP: {}", "KTP {} atas pengajuan itu", "nomor NIK = {}", "{}"))
    return cue.format(written), written


def family_card(dice: Dice) -> tuple[str, str]:
    """Plant a number of a family card."""
    number = identity(dice)
    written = dice.choice((number, grouped(number, 4, 4, 4, by="."), grouped(number, 6, 6, by=" ")))
    return dice.choice(("no KK {}", "KK: {}", "kartu keluarga nomor {}", "nomer kk saya {}")).format(written), written


def mobile(dice: Dice) -> tuple[str, str]:
    """Plant a mobile number, in the spellings that people use."""
    rest = f"{dice.choice(('12', '13', '57', '78', '96'))}{digits(dice, dice.choice((7, 8, 8, 9)))}"
    shape = dice.choice(
        (
            "08{}",
            "08{-}",
            "08{ }",
            "08{.}",
            "+628{}",
            "+62 8{-}",
            "62 8{ }",
            "(08{2})",
            "(+62) 8{-}",
            "+62-8{-}",
            "o8{}",
            "08{/}",
            "8{}",
        )
    )
    number = shape
    for mark in "-. /":
        number = number.replace(f"{{{mark}}}", grouped(rest, 2, 4, by=mark))
    number = number.replace("{2}", rest[:2] + ")" + rest[2:]).replace("))", ")").replace("{}", rest)
    cue = "hp {}" if shape == "8{}" else dice.choice(("hubungi {}", "WA {}", "no hp {}", "{}", "telp: {} ya", "cp {}"))
    return cue.format(number), number


def landline(dice: Dice) -> tuple[str, str]:
    """Plant a landline."""
    area, number = dice.choice(("021", "031", "022", "0251")), digits(dice, 7).replace("0", "5", 1)
    shape = dice.choice(("{}-{}", "({}) {}", "{}{}", "{} {}", "{}.{}"))
    written = shape.format(area, number)
    return dice.choice(("telp {}", "telepon rumah {}", "{}", "kontak {}")).format(written), written


def mail(dice: Dice) -> tuple[str, str]:
    """Plant an e-mail address."""
    user = (
        f"{dice.choice(GIVEN).lower()}{dice.choice(('.', '_', ''))}{dice.choice(FAMILY).lower()}{dice.randint(1, 99)}"
    )
    address = (
        f"{user}{dice.choice(('@example.org', '@contoh.example.com', '@gmail', ' (at) gmail.com', '[at]yahoo.com'))}"
    )
    return dice.choice(("email {}", "{}", "balas ke {} ya", "surel: {}")).format(address), user


def plate(dice: Dice) -> tuple[str, str]:
    """Plant a number plate."""
    area, number = dice.choice(("B", "L", "D", "AB", "BK", "F")), dice.randint(1000, 9999)
    suffix = "".join(dice.choices("ABCDEFGHJKLPSTUVXYZ", k=dice.choice((2, 3, 3))))
    shape = dice.choice(("{} {} {}", "{}{}{}", "{}-{}-{}"))
    written = shape.format(area, number, suffix)
    if dice.random() < 0.3:
        written = written.lower()
        return dice.choice(("plat {}", "nopol {}", "mobil {} parkir", "motor {}")).format(written), written
    return dice.choice(("mobil {} parkir liar", "{} menghalangi jalan", "nopol {}", "plat nomor {}")).format(
        written
    ), written


def account(dice: Dice) -> tuple[str, str]:
    """Plant a bank account."""
    number = digits(dice, dice.choice((10, 12, 15))).replace("0", "7", 1)
    written = dice.choice((number, grouped(number, 3, 3, by="-"), grouped(number, 4, 4, by=" ")))
    cue = dice.choice(("rek BCA {}", "no rekening {}", "transfer ke Mandiri {}", "norek bri: {}", "VA {}"))
    return cue.format(written), written


def insurance(dice: Dice) -> tuple[str, str]:
    """Plant a number of health insurance."""
    number = f"000{digits(dice, 10)}"
    written = dice.choice((number, grouped(number, 4, 4, 4, by=" ")))
    return dice.choice(("BPJS {}", "no BPJS: {}", "kartu KIS {}", "{}")).format(written), written


def taxpayer(dice: Dice) -> tuple[str, str]:
    """Plant a taxpayer's number."""
    number = digits(dice, 15)
    dotted = f"{number[:2]}.{number[2:5]}.{number[5:8]}.{number[8]}-{number[9:12]}.{number[12:]}"
    written = dice.choice((dotted, number))
    return f"NPWP {written}" if written == number else dice.choice(("NPWP {}", "{}")).format(written), written


def birth(dice: Dice) -> tuple[str, str]:
    """Plant a date of birth."""
    day, month, year = dice.randint(10, 28), dice.randint(1, 12), dice.randint(1950, 2010)
    written = dice.choice((f"{day}-{month:02}-{year}", f"{day}/{month}/{year}", f"{day} Januari {year}"))
    return dice.choice(("tgl lahir {}", "lahir {}", "TTL: Contohville, {}", "tanggal lahir: {}")).format(
        written
    ), written


def name(dice: Dice) -> tuple[str, str]:
    """Plant a name behind a cue."""
    written = " ".join((dice.choice(GIVEN), *dice.sample(FAMILY, k=dice.choice((0, 1, 1)))))
    cue = dice.choice(
        (
            "nama saya {}, warga sini.",
            "Nama: {}\nAlamat: gang 3",
            "a.n. {}.",
            "atas nama {} belum jadi.",
            "perkenalkan saya {}.",
            "Saya {} dari RT 3.",
            "saya {}, warga gang 4.",
            "dengan Ibu {}",
            "hubungi Bapak {}",
            "CP: {} ketua lingkungan",
            "pelapor: {}.",
            "anak saya bernama {}.",
            "Hormat saya,\n{}\n",
            "ttd {}",
        )
    )
    if dice.random() < 0.2:
        cue, written = dice.choice(("nama saya {}, warga sini.", "nama: {}, umur 40", "atas nama {}.")), written.lower()
    return cue.format(written), written


def handle(dice: Dice) -> tuple[str, str]:
    """Plant the name of an account."""
    written = f"{dice.choice(GIVEN).lower()}_{dice.choice(FAMILY).lower()}{dice.randint(1, 99)}"
    cue = dice.choice(
        ("@{}", "cc @{}", "IG: {}", "https://x.com/{}/status/1234567890", "https://t.me/{}", "instagram: @{}")
    )
    return cue.format(written), written


SECRETS: dict[str, Plant] = {
    "NIK": nik,
    "family card": family_card,
    "mobile": mobile,
    "landline": landline,
    "e-mail": mail,
    "plate": plate,
    "bank account": account,
    "BPJS": insurance,
    "NPWP": taxpayer,
    "date of birth": birth,
    "name": name,
    "handle": handle,
}


def keep(*shapes: str) -> Plant:
    """Make look-alikes of shapes in which each # is a digit other than 0."""

    def plant(dice: Dice) -> tuple[str, str]:
        return re.sub("#", lambda _: str(dice.randint(1, 9)), dice.choice(shapes)), ""

    return plant


def own_number(dice: Dice) -> tuple[str, str]:
    """Make a number of our own reports."""
    return f"laporan {make_number(dice.randrange(10**9), 'JKT')}", ""


def city_number(dice: Dice) -> tuple[str, str]:
    """Make a number as the city's own app gives it."""
    return f"laporan JK{dice.randint(18, 26)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{digits(dice, 4)}", ""


LOOKALIKES: dict[str, Plant] = {
    "our report number": own_number,
    "JAKI number": city_number,
    "LAPOR! number": keep("laporan LAPOR #######", "tracking id #######", "tiket #######"),
    "RT/RW": keep("RT 0#/RW 0#", "RT.00#/00#", "rt # rw 1#", "RT 00# RW 01#", "RW 0# RT 0#"),
    "house number": keep(
        "no 1#", "No. #8 A", "Blok B# no 1#", "nomor 1##", "Blok C 1# AB", "Blok B 12 AB", "kav ## no #"
    ),
    "bus, train, flight": keep(
        "bus DMR 2400##", "koridor 1#", "Mikrotrans JAK 1#", "KRL #### arah kota", "KA 12##", "GA ###"
    ),
    "hour": keep("jam 08.00-17.00", "pukul 1#.30 WIB", "08.00 sampai 16.00", "jam 7 malam", "buka 08.00 12.00 16.00"),
    "date": keep("tanggal 1#-08-2022", "2023-0#-1#", "1#/08/2023", "1# Agustus 2023", "08-08-2017 sampai 2017-08-09"),
    "price": keep("Rp 1##.000", "Rp.#.500.000", "#00 ribu", "harga @5000", "150rb per orang", "Rp 12.###.###.000"),
    "position": keep(
        "-6.2#####, 106.8#####", "(-6.1####, 106.7####)", "https://maps.example.org/?q=-6.2####,106.8####&z=17"
    ),
    "pole, meter": keep(
        "tiang PLN KBY 12#/4#", "tiang PJU no 00#-1##", "no pelanggan PDAM 31#####", "idpel 51#########"
    ),
    "postal code": keep("kode pos 1#1#0", "Jakarta 10##0"),
    "distance": keep("#00 m dari jembatan", "2 km", "banjir 1#0 cm", "lebar 3 x 4 m", "panjang 1##.5 meter"),
    "hotline": keep(
        "hubungi 112", "telepon 1708", "call center 14045", "hubungi 110 atau 113", "telp 1500-4##", "SMS ke 1708"
    ),
    "ordinary words": keep(
        "nama jalan sudah pudar",
        "atas nama warga RT #",
        "Saya Warga RT # sini",
        "nama saya tidak ada di daftar",
        "nama saya sudah dicoret, kenapa",
        "saya tinggal di Menteng dari kecil",
        "dengan Bapak Lurah sudah dibahas",
        "hubungi Pak RT dulu",
        "Jl. Dewi Sartika No 1#",
        "tahun 2019 2020 2021 2022",
        "Saya Ketua RT 0# ingin melapor",
    ),
}


@dataclass(slots=True)
class Score:
    """How many were planted of a kind, how many survived scrubbing, and some that came out otherwise than wished."""

    planted: int = 0
    gone: int = 0
    odd: list[str] = field(default_factory=list)

    def count(self, planted: str, *, gone: bool, wished: bool) -> None:
        """Count one."""
        self.planted += 1
        self.gone += gone
        if gone != wished and len(self.odd) < 5:
            self.odd.append(planted)

    @property
    def share(self) -> float:
        """Share that is gone."""
        return self.gone / self.planted


def real_texts(count: int) -> list[str]:
    """Read real complaints, each once, if there are any."""
    file = Path(os.environ.get("ADUAN_SHARED", "../shared"), "data/text/surabaya_wargaku_2022_first_half.csv")
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(dict.fromkeys(tidy(row["keluhan"]) for row in islice(csv.DictReader(lines), count)))


def carried(dice: Dice, real: list[str], planted: str) -> str:
    """Put what is planted into a complaint: a made-up one, or on a line of its own of a real one."""
    if not real:
        return dice.choice(CARRIERS).format(planted)
    lines = dice.choice(real).split("\n")
    lines.insert(dice.randint(0, len(lines)), planted)
    return "\n".join(lines)


def left(secret: str, scrubbed: str) -> bool:
    """Tell whether any part of a secret that means something by itself is still there."""
    parts = [secret] if any(letter.isdigit() for letter in secret) else secret.split()
    return any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", scrubbed) for part in parts)


def measure(seed: int, real: list[str], rounds: int) -> tuple[dict[str, Score], dict[str, Score]]:
    """Plant everything so many times."""
    dice = random.Random(seed)
    secrets, lookalikes = ({kind: Score() for kind in kinds} for kinds in (SECRETS, LOOKALIKES))
    for kind, plant in (*SECRETS.items(), *LOOKALIKES.items()):
        for _ in range(rounds):
            planted, secret = plant(dice)
            scrubbed = scrub(carried(dice, real, planted))
            if secret:
                secrets[kind].count(planted, gone=not left(secret, scrubbed), wished=True)
            else:
                lookalikes[kind].count(planted, gone=planted not in scrubbed, wished=False)
    return secrets, lookalikes


def rows(scores: dict[str, Score]) -> Iterator[dict[str, object]]:
    """List figures by kind. What was planted is made up, also where it came into a real text."""
    for kind, score in scores.items():
        yield {"kind": kind, "planted": score.planted, "share": round(score.share, 4), "examples": score.odd}


def show(console: Console, title: str, scores: dict[str, Score], share: str, odd: str) -> None:
    """Print one table."""
    table = Table("kind", "planted", share, odd, title=title, title_justify="left")
    for row in rows(scores):
        examples = " | ".join(escape(str(one)).replace("\n", " / ") for one in row["examples"][:3])  # type: ignore[index]
        table.add_row(str(row["kind"]), str(row["planted"]), f"{row['share']:.1%}", examples)
    console.print(table)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=300, help="of each kind")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result, console = {}, Console(width=140)
    for where, real in {"made-up texts": [], "real texts": real_texts(2000)}.items():
        if where == "real texts" and not real:
            continue
        secrets, lookalikes = measure(options.seed, real, options.rounds)
        result[where] = {"secrets": [*rows(secrets)], "lookalikes": [*rows(lookalikes)]}
        if not options.json:
            show(console, f"Personal data in {where}", secrets, "found", "not found")
            show(console, f"Look-alikes in {where}", lookalikes, "harmed", "harmed, like")
    if options.json:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    main()
