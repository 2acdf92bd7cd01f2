"""Mail goes to one server; a connection is kept for the messages of one round."""

from __future__ import annotations

import smtplib
import ssl
from email.utils import parseaddr

from workflows.notifications.exceptions import Deferred, Refused, Uncertain, Unreachable
from workflows.settings import Security, Settings

OK = (250, 251)
PERMANENT = 500


class SmtpServer:
    """The mail server of the settings. Nothing here is logged: replies may repeat addresses and passwords."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: smtplib.SMTP | None = None

    def send(self, message: bytes, *, to: str) -> None:
        """Hand one message over. Raises Unreachable, Deferred, Refused, Uncertain."""
        connection = self._sender_accepted()
        try:
            code, _ = connection.rcpt(to)
        except OSError as error:
            raise self._lost("smtp-lost", error) from error
        if code not in OK:
            self._forget_message(connection)
            raise (Refused if code >= PERMANENT else Deferred)("smtp-recipient", str(code))
        self._data(connection, message)

    def close(self) -> None:
        """Say goodbye; a server that is gone already needs none."""
        if self.connection is not None:
            try:
                self.connection.quit()
            except OSError:
                self.connection.close()
            self.connection = None

    def _sender_accepted(self) -> smtplib.SMTP:
        """A connection on which the sender was accepted; one that went stale since the last message is replaced."""
        sender = parseaddr(self.settings.smtp_from)[1]
        reused = self.connection is not None
        connection = self.connection or self._connect()
        try:
            code, _ = connection.mail(sender)
        except OSError as error:
            failure = self._lost("smtp-lost", error)
            if not reused:
                raise failure from error
            return self._sender_accepted()
        if code not in OK:
            self._drop()
            raise Unreachable("smtp-sender", str(code))
        return connection

    def _connect(self) -> smtplib.SMTP:
        chosen = self.settings
        try:
            context = ssl.create_default_context(cafile=chosen.smtp_ca_file)
            if chosen.smtp_security is Security.SSL:
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    chosen.smtp_host, chosen.smtp_port, timeout=chosen.smtp_timeout, context=context
                )
            else:
                connection = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=chosen.smtp_timeout)
            self.connection = connection
            if chosen.smtp_security is Security.STARTTLS:
                connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
            if chosen.smtp_user:
                connection.login(chosen.smtp_user, chosen.smtp_password.get_secret_value())
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            code = "smtp-login" if self._speaks_as_set() else "smtp-tls"
            raise self._lost(code, error) from None  # its text may hold the name
        except ssl.SSLError as error:
            raise self._lost("smtp-tls", error) from error
        except OSError as error:  # smtplib's own errors are OSErrors too
            raise self._lost("smtp-connect", error) from error
        return connection

    def _speaks_as_set(self) -> bool:
        """Whether the connection is encrypted as far as the settings ask for it."""
        sock = self.connection.sock if self.connection else None
        return self.settings.smtp_security is Security.NONE or isinstance(sock, ssl.SSLSocket)

    def _data(self, connection: smtplib.SMTP, message: bytes) -> None:
        try:
            code, _ = connection.data(message)
        except smtplib.SMTPDataError as error:  # refused before the message was sent
            self._drop()
            raise (Refused if error.smtp_code >= PERMANENT else Deferred)(
                "smtp-data", str(error.smtp_code)
            ) from None
        except OSError as error:
            self._drop()
            raise Uncertain("smtp-unanswered", type(error).__name__) from error
        if code not in OK:
            raise (Refused if code >= PERMANENT else Deferred)("smtp-data", str(code))

    def _forget_message(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except OSError:
            self._drop()

    def _lost(self, code: str, error: OSError) -> Unreachable:
        self._drop()
        return Unreachable(code, type(error).__name__)

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
