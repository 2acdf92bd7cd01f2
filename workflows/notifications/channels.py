"""A person's own channels: set an address, prove that a mailbox is theirs, choose when it is used."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.audit import service as audit
from workflows.notifications import chat, outbox, rules
from workflows.notifications.exceptions import ChannelRefused
from workflows.notifications.models import Channel, Outgoing, Preference
from workflows.notifications.types import ChannelKind, Mode, Topic


def channels_of(session: Session, account_id: int) -> dict[ChannelKind, Channel]:
    """The channels a person ever set, by kind; one without an address is switched off."""
    query = select(Channel).where(Channel.account_id == account_id)
    return {one.kind: one for one in session.scalars(query)}


def preference_of(session: Session, account_id: int) -> Preference:
    """What a person chose, or the defaults; the row is new when they never chose anything."""
    found = session.get(Preference, account_id)
    return found or Preference(account_id=account_id, digest_hour=rules.DIGEST_HOUR)


def set_email(
    session: Session, account: Account, *, address: str, mode: Mode, now: datetime, machine_now: datetime
) -> Channel:
    """Take an address; another one gets a code and is not used before that came back. Raises ChannelRefused."""
    wanted = address.strip()
    if problem := rules.email_problem(wanted):
        raise ChannelRefused(problem=problem)
    channel = _channel(session, account, ChannelKind.EMAIL)
    if channel.address != wanted:
        _ask_for_code(session, channel, address=wanted, now=now, machine_now=machine_now)
    channel.mode = mode
    _note(session, channel, "channel.set", now)
    return channel


def send_code(session: Session, account: Account, *, now: datetime, machine_now: datetime) -> None:
    """Another code for the address there is. Raises ChannelRefused when the last one is too young."""
    channel = _channel(session, account, ChannelKind.EMAIL)
    if channel.address and channel.confirmed_at is None:
        _ask_for_code(session, channel, address=channel.address, now=now, machine_now=machine_now)


def set_chat(
    session: Session, account: Account, *, address: str, mode: Mode, allow_private: bool, now: datetime
) -> Channel:
    """Take a robot's address, or keep the one there is when none is given. Raises ChannelRefused."""
    wanted = address.strip()
    channel = _channel(session, account, ChannelKind.CHAT)
    if not wanted and not channel.address:
        raise ChannelRefused(problem="webhook-missing")
    if wanted and (problem := chat.problem_of(wanted, allow_private=allow_private)):
        raise ChannelRefused(problem=problem)
    channel.mode = mode
    if wanted and wanted != channel.address:
        channel.address, channel.confirmed_at = wanted, now
        outbox.put(session, channel, Topic.HELLO, key=now.isoformat(), data={}, urgent=True, at=now)
    _note(session, channel, "channel.set", now)
    return channel


def confirm(session: Session, account: Account, *, code: str, now: datetime, machine_now: datetime) -> bool:
    """Whether the code is the one that was mailed; counts a wrong one. Commit whatever comes out."""
    channel = _channel(session, account, ChannelKind.EMAIL)
    if not _code_lives(channel, machine_now):
        return False
    if not hmac.compare_digest(_hash(channel, code.strip()), channel.code_hash or ""):
        channel.code_tries += 1
        session.flush()
        return False
    channel.confirmed_at, channel.code_hash = now, None
    _note(session, channel, "channel.confirm", now)
    return True


def remove(session: Session, account: Account, kind: ChannelKind, *, now: datetime) -> None:
    """Forget an address; what waits for it is dropped when its turn comes."""
    channel = _channel(session, account, kind)
    channel.address, channel.confirmed_at, channel.code_hash, channel.mode = "", None, None, Mode.OFF
    _note(session, channel, "channel.remove", now)


def set_digest_hour(session: Session, account: Account, hour: int) -> None:
    """When the digest comes, on the hour. Raises ChannelRefused for one in the quiet hours."""
    if hour not in rules.DIGEST_HOURS:
        raise ChannelRefused(problem="digest-hour")
    preference = preference_of(session, account.id)
    preference.digest_hour = hour
    session.add(preference)
    session.flush()


def is_current(message: Outgoing, *, machine_now: datetime) -> bool:
    """Whether a message is still wanted where it is about to go."""
    channel = message.channel
    if not channel.account.active or not channel.address:
        return False
    if message.topic is Topic.CODE:
        code = str(message.data.get("code", ""))
        return _code_lives(channel, machine_now) and _hash(channel, code) == channel.code_hash
    return channel.confirmed_at is not None and (message.topic is Topic.HELLO or channel.mode is not Mode.OFF)


def _channel(session: Session, account: Account, kind: ChannelKind) -> Channel:
    """Under a lock on the person, so that two tabs take turns."""
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    query = select(Channel).where(Channel.account_id == account.id, Channel.kind == kind)
    channel = session.scalar(query.execution_options(populate_existing=True))
    if channel is None:
        channel = Channel(account=account, kind=kind, address="", mode=Mode.OFF, code_tries=0)
        session.add(channel)
        session.add(preference_of(session, account.id))
        session.flush()
    return channel


def _ask_for_code(
    session: Session, channel: Channel, *, address: str, now: datetime, machine_now: datetime
) -> None:
    if channel.code_sent_at is not None and machine_now - channel.code_sent_at < rules.CODE_PAUSE:
        raise ChannelRefused(problem="code-too-soon")
    recent = Outgoing.channel_id == channel.id, Outgoing.topic == Topic.CODE
    sent = (
        select(func.count())
        .select_from(Outgoing)
        .where(*recent, Outgoing.created_at > now - timedelta(days=1))
    )
    if (session.scalar(sent) or 0) >= rules.CODES_A_DAY:
        raise ChannelRefused(problem="code-too-often")
    code = f"{secrets.randbelow(10**6):06}"
    channel.address, channel.confirmed_at = address, None
    channel.code_hash, channel.code_sent_at, channel.code_tries = _hash(channel, code), machine_now, 0
    outbox.put(
        session, channel, Topic.CODE, key=machine_now.isoformat(), data={"code": code}, urgent=True, at=now
    )


def _code_lives(channel: Channel, machine_now: datetime) -> bool:
    sent_at = channel.code_sent_at
    return (
        channel.code_hash is not None
        and sent_at is not None
        and machine_now - sent_at <= rules.CODE_LIFE
        and channel.code_tries < rules.CODE_TRIES
    )


def _hash(channel: Channel, code: str) -> str:
    """A code is worth something for one address only."""
    return hashlib.sha256(f"{channel.id} {channel.address} {code}".encode()).hexdigest()


def _note(session: Session, channel: Channel, action: str, now: datetime) -> None:
    """In the audit log without the address: a robot's is a secret, a mailbox is nobody else's business."""
    session.flush()
    actor = channel.account.actor
    detail = {"kind": str(channel.kind), "mode": str(channel.mode)}
    audit.record(session, at=now, actor=actor, action=action, subject=actor, detail=detail)
