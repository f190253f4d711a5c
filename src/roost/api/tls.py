"""HTTPS: what the server shows, and what commands on its machine trust."""

import ssl

from roost.errors import Invalid


def server_tls(certificate: str, key: str) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with a certificate and its key, both PEM files; None for no certificate.

    Raises Invalid where they cannot be used.
    """
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key or None)
    except OSError as cause:  # ssl.SSLError is one
        reason = cause.strerror or str(cause)
        raise Invalid(f"The certificate {certificate} and its key cannot be used: {reason}") from cause
    return context


def operator_tls(certificate: str) -> ssl.SSLContext | bool:
    """For a client that reaches its own machine's server, by an address that the certificate need not name:
    trusts this one certificate and no other. True, the usual trust, for no certificate."""
    if not certificate:
        return True
    context = ssl.create_default_context(cafile=certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context
