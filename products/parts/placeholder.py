"""The image that a service runs before its first own one exists.

Where requests are to be answered it answers all of them, on whatever port, in whichever protocol, as any user and on a
read-only filesystem, so that a service is launched before its pipeline has ever run, with the same port, health check
and limits that its own image will have.
"""

from __future__ import annotations

IMAGE = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine"

# A gRPC client takes a status among the headers for the whole answer (gRPC over HTTP/2, "Trailers-Only").
_CONFIGURATION = (
    "daemon off; pid /tmp/nginx.pid; error_log stderr; events {} "
    "http { access_log off; client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; "
    "fastcgi_temp_path /tmp/fastcgi; uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi; "
    "server { listen $PORT; $SPEAKS location / { $ANSWERS } } }"
)
_PLAIN = "default_type text/plain; return 200 'This service waits for its first image.';"
_GRPC = "default_type application/grpc; add_header grpc-status 0; return 200 '';"

ANSWERS = [
    "sh",
    "-c",
    f'SPEAKS=; ANSWERS="{_PLAIN}"; [ "$PROTOCOL" = http ] || SPEAKS="http2 on;"; '
    f'[ "$PROTOCOL" != grpc ] || ANSWERS="{_GRPC}"; '
    f'echo "{_CONFIGURATION}" > /tmp/nginx.conf && exec nginx -e stderr -c /tmp/nginx.conf',
]
"""Answers every request; expects the environment variables `PORT` and `PROTOCOL`, and a writable /tmp."""
WAITS = ["sh", "-c", "exec sleep infinity"]
"""Does nothing until it is stopped."""
ENDS = ["true"]
"""Has nothing to do and ends well."""
