"""What accounts refuse."""

from __future__ import annotations

from workflows.exceptions import DomainError


class WeakPassword(DomainError):
    """The password breaks the policy; `problem` is the code of the rule."""

    code = "password-weak"


class UsernameTaken(DomainError):
    """Somebody has this user name; `username` is in the data."""

    code = "username-taken"


class LastAdministrator(DomainError):
    """Nobody else could let anybody in: the last administrator keeps the role and the account."""

    code = "last-administrator"


class OneselfRefused(DomainError):
    """Nobody shuts off one's own account."""

    code = "oneself"


class PasswordWrong(DomainError):
    """The present password is not the right one; `locked_until` is set when that was once too often."""

    code = "password-wrong"
