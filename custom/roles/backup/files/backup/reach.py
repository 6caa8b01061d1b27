"""Whether an object store answers at all: restic itself would try for a quarter of an hour before it says so."""

import socket
import ssl
from urllib.parse import urlsplit

from failure import Failure

PATIENCE_SECONDS = 15


def reach(url):
    """For `s3:https://server/...`; other repositories report this soon enough themselves."""
    if not url.startswith("s3:https://"):
        return
    parts = urlsplit(url[len("s3:") :])
    server = (parts.hostname, parts.port or 443)
    try:
        with socket.create_connection(server, PATIENCE_SECONDS) as plain, ssl.create_default_context().wrap_socket(
            plain, server_hostname=parts.hostname
        ):
            return
    except ssl.SSLCertVerificationError as error:
        raise Failure("certificate", f"this host does not trust {parts.netloc}: {error.verify_message}") from error
    except OSError as error:
        raise Failure("unreachable", f"the object store {parts.netloc} does not answer: {error}") from error
