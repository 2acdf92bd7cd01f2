"""What accounts refuse."""

from __future__ import annotations

from workflows.exceptions import DomainError


class WeakPassword(DomainError):
    """The password breaks the policy; `problem` is the code of the rule."""

    code = "password-weak"


class UsernameTaken(DomainError):
    """Somebody has this user name; `username` is in the data."""

    code = "username-taken"
