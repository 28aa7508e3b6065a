"""What it takes to pull images from a repository and to push to one (ECR User Guide, "Private repository policies")."""

from __future__ import annotations

from awacs import ecr

PULL = (ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer)
PUSH = (ecr.CompleteLayerUpload, ecr.InitiateLayerUpload, ecr.PutImage, ecr.UploadLayerPart)
