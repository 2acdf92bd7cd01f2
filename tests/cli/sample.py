"""A sample district and a register of six of its enterprises."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from tests.factories import at
from workflows.clock import Clock
from workflows.database import make_engine
from workflows.scheduler import machine_now
from workflows.settings import ROOT

DISTRICT = ROOT / "seeds" / "district.yaml"
SAMPLE = ROOT / "seeds" / "register" / "sample-40.csv"
OFFICE, TOWN, DEPARTMENT = "sample-district", "sample-town-1", "sample-emergency"
FIRM = "91999999100000008L"  # the first of the sample register
PASSWORD = "Right-horse-1"


def register_file(folder: Path, spoilt: Mapping[int, Mapping[str, str]] | None = None) -> str:
    """Six rows of the sample register (2 to 7 of the file); `spoilt` changes cells of some of them."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))[:6]
    for number, cells in (spoilt or {}).items():
        found[number - 2].update(cells)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    path = folder / "register.csv"
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return str(path)


def set_clock(url: str, days_from_start: int) -> None:
    """It is the twentieth of June 2025, nine o'clock in Shanghai, and so many days later."""
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        business = at("2025-06-20 09:00") + timedelta(days=days_from_start)
        session.add(Clock(id=1, business_at=business, machine_at=machine_now()))
    engine.dispose()
