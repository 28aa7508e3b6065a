"""The image that a service runs before its first own one exists.

It answers every request, on whatever port, as any user and on a read-only filesystem, so that a service is launched
before its pipeline has ever run, with the same port, health check and limits that its own image will have.
"""

from __future__ import annotations

IMAGE = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine"

_CONFIGURATION = (
    "daemon off; pid /tmp/nginx.pid; error_log stderr; events {} "
    "http { access_log off; client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; "
    "fastcgi_temp_path /tmp/fastcgi; uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi; "
    "server { listen $PORT; default_type text/plain; "
    "location / { return 200 'This service waits for its first image.'; } } }"
)

COMMAND = ["sh", "-c", f'echo "{_CONFIGURATION}" > /tmp/nginx.conf && exec nginx -e stderr -c /tmp/nginx.conf']
"""What the container runs; it expects the environment variable `PORT` and a writable /tmp."""
