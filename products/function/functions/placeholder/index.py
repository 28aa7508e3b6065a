"""Stands in for a function whose own code was never deployed."""


def handler(_event, _context):
    """Say so. No source sends anything here, so that no event is taken for handled."""
    return {"statusCode": 503, "body": "This function waits for its first deployment."}
