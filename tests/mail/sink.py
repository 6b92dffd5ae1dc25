"""An SMTP server for the tests: keeps what it is given, fails as the recipient's name says, ends when its standard input does.

Arguments, as JSON: folder, cert and key (for TLS), tls ("none", "starttls" or "wrapper"), auth ([user, password] or null), utf8 (bool).
Prints its port. Each mail becomes NNNN.eml and NNNN.json with its envelope.
"""

import asyncio, itertools, json, os, ssl, sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

options = json.loads(sys.argv[1])
numbers = itertools.count(1)
seen = set()


def fault(address, kinds):
    """What is to go wrong for a recipient: "temp@" always, "once-temp-3@" the first time."""
    name = address.split("@")[0]
    if not name.startswith("once-"):
        return name
    kind = name.split("-")[1]
    if kind not in kinds or address in seen:
        return ""
    seen.add(address)
    return kind


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = fault(address, {"temp", "bye"})
        if name == "temp":
            return "451 4.3.0 try again later"
        if name == "perm":
            return "550 5.1.1 no such user"
        if name == "login":
            return "530 5.7.0 authentication required"
        if name == "grey" and address not in seen:
            seen.add(address)
            return "450 4.2.0 greylisted"
        if name == "bye":
            return "421 4.3.2 shutting down"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = fault(envelope.rcpt_tos[0], {"datatemp", "drop", "hang", "dropafter"})
        if name == "datatemp":
            return "452 4.3.1 no space left"
        if name == "dataperm":
            return "554 5.6.0 we do not like it"
        if name == "drop":
            server.transport.abort()
            return "451 gone"
        if name == "hang":
            await asyncio.sleep(3600)
        number = next(numbers)
        path = os.path.join(options["folder"], f"{number:04}")
        with open(path + ".part", "wb") as file:
            file.write(envelope.content)
        with open(path + ".json", "w") as file:
            json.dump({
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "options": envelope.mail_options,
                "tls": server.transport.get_extra_info("ssl_object") is not None,
                "user": getattr(session.auth_data, "login", b"").decode(),
                "peer": session.peer[1],
            }, file)
        os.rename(path + ".part", path + ".eml")
        if name == "dropafter":  # taken, but the sender never hears of it
            server.transport.abort()
        return "250 2.0.0 kept as %04d" % number


def authenticate(server, session, envelope, mechanism, data):
    user, password = options["auth"]
    good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (user, password)
    return AuthResult(success=good, handled=False, auth_data=data if good else None)


def factory():
    extra = {}
    if options["tls"] == "starttls":
        extra = dict(tls_context=context, require_starttls=True)
    if options["auth"]:
        extra |= dict(authenticator=authenticate, auth_required=True, auth_require_tls=options["tls"] != "none")
    if options["tls"] == "wrapper":
        extra |= dict(auth_require_tls=False)
    return SMTP(Keep(), enable_SMTPUTF8=options["utf8"], ident="sink", hostname="localhost", **extra)


if options["tls"] != "none":
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options["cert"], options["key"])


async def main():
    loop = asyncio.get_running_loop()
    wrapper = context if options["tls"] == "wrapper" else None
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=wrapper)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
