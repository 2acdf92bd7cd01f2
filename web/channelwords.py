"""What is wrong with an address or a message, in words: the codes of `workflows/notifications`."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.i18n import N_
from workflows.i18n import gettext as _

WORDS: Mapping[str, str] = {
    "email-malformed": N_("邮箱地址不对，请写成 name@example.com 的形式。"),
    "code-wrong": N_("验证码不对或已过期。请核对最近一封邮件，或重新发送。"),
    "code-too-soon": N_("验证码刚发出不到1分钟，请稍候再发。"),
    "code-too-often": N_("今天发出的验证码太多，请明天再试。"),
    "webhook-missing": N_("请填写机器人地址。"),
    "webhook-malformed": N_("机器人地址不对。请从群设置里完整复制。"),
    "webhook-scheme": N_("只能使用 https:// 或 http:// 开头的地址。"),
    "webhook-private": N_("不能使用内网地址。如确有需要，请联系系统管理员放开。"),
    "digest-hour": N_("汇总时间只能选7点到20点的整点。"),
    "smtp-not-set": N_("没有设置邮件服务器"),
    "smtp-connect": N_("连不上邮件服务器"),
    "smtp-tls": N_("与邮件服务器的加密连接没有建立"),
    "smtp-login": N_("邮件服务器不接受登录"),
    "smtp-sender": N_("邮件服务器不接受发件人"),
    "smtp-recipient": N_("邮件服务器不接受收件人"),
    "smtp-data": N_("邮件服务器不接受邮件内容"),
    "smtp-lost": N_("与邮件服务器的连接中断"),
    "smtp-unanswered": N_("邮件已交出，服务器没有答复"),
    "chat-not-installed": N_("没有安装群机器人组件（apprise）"),
    "chat-unreachable": N_("连不上机器人地址"),
    "chat-refused": N_("机器人拒绝了消息"),
    "chat-answered": N_("机器人平台没有收下消息"),
    "chat-unclear": N_("消息已交出，看不懂平台的答复"),
    "chat-unanswered": N_("消息已交出，机器人没有答复"),
    "process-died": N_("发送时程序中断"),
    "broken": N_("消息写不出来，请看系统日志"),
}


def channel_word(code: str) -> str:
    """The words of a code; one without words shows itself."""
    return _(WORDS[code]) if code in WORDS else code
