"""Post what reaches an SNS topic to a Slack channel; the webhook's URL is read from Secrets Manager."""

import json
import os
import urllib.request

import boto3

COLOURS = {"critical": "#d13212", "warning": "#ff9900", "info": "#0073bb"}
TIMEOUT_SECONDS = 5


def handler(event, _context):
    """Send one Slack message for each SNS record; a refused message fails the call, so that SNS tries again."""
    url = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["WEBHOOK_SECRET_ARN"])["SecretString"]
    if not url.startswith("https://"):
        raise ValueError("the secret must hold the https:// URL of a Slack webhook and nothing else")
    for record in event["Records"]:
        body = json.dumps({"attachments": [attachment(record["Sns"])]}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - https, checked
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass


def attachment(message):
    """The Slack attachment for one SNS message: alarms in words, anything else as it came."""
    level = next((name for name in COLOURS if f"-{name}" in message["TopicArn"].lower()), "info")
    try:
        alarm = json.loads(message["Message"])
    except ValueError:
        alarm = None
    if isinstance(alarm, dict) and "AlarmName" in alarm:
        title = f"{alarm['NewStateValue']}: {alarm['AlarmName']}"
        text = f"{alarm.get('AlarmDescription') or ''}\n{alarm.get('NewStateReason', '')}".strip()
    else:
        title, text = message.get("Subject") or "Notice", message["Message"]
    return {"color": COLOURS[level], "title": title, "text": text, "fallback": title}
