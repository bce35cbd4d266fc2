"""What the checks know of the project, and what somebody gives who wants everything."""

import pathlib

from stack import ACCOUNT

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra/sam/template.yaml"
POLICIES = ROOT / "infra/policies"
OURS = "rekindle"
BUCKETS = ["late-orders-features", "late-orders-labels"]
CUSTOM = "shop.catalogue"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/5e1c3b9a-0d2f-4c7e-9a51-2b8f6d0e4c11"
# What somebody gives who wants everything.
SWITCHED_ON = {
    "DataBuckets": ",".join(BUCKETS),
    "DataQualityEvents": "ENABLED",
    "MonitoringEvents": "ENABLED",
    "CustomEventSource": CUSTOM,
    "ExampleScheduleState": "ENABLED",
    "EncryptionKeyArn": KEY,
}
# Standard parameters of Parameter Store hold no more.
PARAMETER_BYTES = 4096
# Every action that a turn calls, and what starting a job with tags and a role asks for besides.
TURN = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListTagsForResource",
    "dynamodb:BatchGetItem",
    # Parts of transactions.
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "events:PutEvents",
    "iam:PassRole",
    "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListMonitoringExecutions",
    "sagemaker:StopTrainingJob",
    "ssm:GetParametersByPath",
}
