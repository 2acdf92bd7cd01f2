"""One module per page; `ROUTERS` lists them for `web/app.py`."""

from web.routes import (
    campaigns,
    clock,
    enterprises,
    evidence,
    hazards,
    home,
    inbox,
    notices,
    obligations,
    overdue,
    sign_in,
)

ROUTERS = [
    home.router,
    sign_in.router,
    inbox.router,
    evidence.router,
    campaigns.router,
    obligations.router,
    hazards.router,
    enterprises.router,
    overdue.router,
    clock.router,
    notices.router,
]
