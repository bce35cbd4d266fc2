"""Holds the SageMaker double against the published service model.

Drives a running double with botocore's own client and looks at every answer twice: the client
must understand it, and nothing may be in it that the published shapes do not allow.

    python faithful.py http://127.0.0.1:4599
"""

import argparse
import datetime
import json
import re
import sys
import urllib.request

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from extract import portable

ACCOUNT = "445566778899"
REGION = "eu-central-1"
NAME = "rk-churn-weekly-2f6642c4-g000042"
KINDS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "structure": dict,
    "map": dict,
    "list": list,
}


class Double:
    """A double, its side door, and a client that keeps what came over the wire."""

    def __init__(self, url):
        self.url = url
        session = botocore.session.Session()
        session.set_credentials(ACCOUNT, "nothing secret")
        self.client = session.create_client(
            "sagemaker",
            region_name=REGION,
            endpoint_url=url,
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        self.client.meta.events.register("before-parse.sagemaker.*", self.keep)
        self.complaints = []

    def keep(self, response_dict, **_):
        self.raw = response_dict

    def side_door(self, place, body):
        request = urllib.request.Request(f"{self.url}/_double/{place}?account={ACCOUNT}", json.dumps(body).encode())
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return json.load(direct.open(request))

    def call(self, operation, **request):
        """A call that succeeds; its answer is checked."""
        answer = getattr(self.client, botocore.xform_name(operation))(**request)
        shape = self.client.meta.service_model.operation_model(operation).output_shape
        body = self.raw["body"]
        if shape is None:
            found = [f"has no output, yet answered {body!r}"] if body.strip() not in (b"", b"{}") else []
        else:
            typed = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
            found = list(differences(json.loads(body), shape, ""))
            report = ParamValidator().validate(typed, shape)
            found += [report.generate_report()] if report.has_errors() else []
        self.complaints += [f"{operation}: {text}" for text in found]
        return answer

    def refuse(self, operation, code, says, **request):
        """A call that is refused with this code; where the model has such an error, with that type."""
        try:
            getattr(self.client, botocore.xform_name(operation))(**request)
        except ClientError as error:
            said = error.response["Error"]
            modelled = code in self.client.meta.service_model.shape_names
            typed = not modelled or isinstance(error, getattr(self.client.exceptions, code))
            if said["Code"] != code or says not in said["Message"] or not typed:
                self.complaints.append(f"{operation}: expected {code} with {says!r}, got {said}")
        else:
            self.complaints.append(f"{operation}: expected {code}, but it succeeded")


def differences(value, shape, path):
    """Everything in an answer that its shape does not allow."""
    if not isinstance(value, KINDS[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"{path}: {value!r} is no {shape.type_name}"
    elif shape.type_name == "structure":
        for name in set(shape.required_members) - set(value):
            yield f"{path}.{name}: missing"
        for name, inner in value.items():
            if name in shape.members:
                yield from differences(inner, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: unknown"
    elif shape.type_name == "list":
        yield from outside(len(value), shape, path)
        for index, inner in enumerate(value):
            yield from differences(inner, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map":
        yield from outside(len(value), shape, path)
        for key, inner in value.items():
            yield from differences(key, shape.key, f"{path} key")
            yield from differences(inner, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from outside(len(value), shape, path)
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is not among the published words"
        pattern = shape.metadata.get("pattern")
        if pattern and "\\p{" not in pattern and not re.fullmatch(portable(pattern), value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif shape.type_name in ("integer", "long"):
        yield from outside(value, shape, path)


def outside(size, shape, path):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield f"{path}: {size} is outside {low}..{high}"


def request(name, **changes):
    return {
        "TrainingJobName": name,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/churn-training",
        "AlgorithmSpecification": {
            "TrainingImage": "churn-training:2026-10",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:auc", "Regex": "auc=([0-9.]+)"}],
        },
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://churn-features/2026-10/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://churn-models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 7200},
        "HyperParameters": {"max_depth": "6"},
        "Environment": {"REKINDLE_DECISION": "d-17"},
        "RetryStrategy": {"MaximumRetryAttempts": 2},
        "Tags": [{"Key": "model", "Value": "churn-weekly"}],
        **changes,
    }


def tour(double):
    """Every operation, every stage of a job's life, every kind of refusal."""
    double.side_door("reset", {})
    double.side_door("clock", {"manual": True, "set": "2026-11-02T07:00:00Z"})

    arn = double.call("CreateTrainingJob", **request(NAME))["TrainingJobArn"]
    for _ in range(24):
        job = double.call("DescribeTrainingJob", TrainingJobName=NAME)
        double.call("ListTrainingJobs", MaxResults=100)
        double.side_door("clock", {"advance_seconds": 30})
    assert job["TrainingJobStatus"] == "Completed" and job["BillableTimeInSeconds"] == 600, job
    assert isinstance(job["CreationTime"], datetime.datetime) and "Tags" not in job, job
    double.side_door(f"jobs/{NAME}", {"final_metrics": {"validation:auc": 0.91}})
    job = double.call("DescribeTrainingJob", TrainingJobName=NAME)
    assert job["FinalMetricDataList"][0]["MetricName"] == "validation:auc", job

    double.call("AddTags", ResourceArn=arn, Tags=[{"Key": "owner", "Value": "growth"}])
    tags = double.call("ListTags", ResourceArn=arn)["Tags"]
    assert [tag["Key"] for tag in tags] == ["model", "owner"], tags

    for name, outcome in [("broken", {"failed": "AlgorithmError: exit 1"}), ("spot", {"stopped": "MaxWaitTimeExceeded"})]:
        double.call("CreateTrainingJob", **request(name))
        double.side_door(f"jobs/{name}", {"outcome": outcome})
        double.call("DescribeTrainingJob", TrainingJobName=name)
    double.call("CreateTrainingJob", **request("stopped"))
    double.call("StopTrainingJob", TrainingJobName="stopped")
    assert double.call("DescribeTrainingJob", TrainingJobName="stopped")["TrainingJobStatus"] == "Stopping"
    double.side_door("clock", {"advance_seconds": 120})
    assert double.call("DescribeTrainingJob", TrainingJobName="stopped")["TrainingJobStatus"] == "Stopped"

    pages = double.client.get_paginator("list_training_jobs").paginate(
        StatusEquals="Failed", PaginationConfig={"PageSize": 1}
    )
    lengths = [len(page["TrainingJobSummaries"]) for page in pages]
    assert lengths == [0, 1, 0, 0], lengths

    hours = range(3, 7)
    runs = [{"status": "CompletedWithViolations", "scheduled": f"2026-11-02T0{hour}:00:00Z"} for hour in hours]
    runs[-1] |= {"status": "Failed", "failure": "AlgorithmError: no data"}
    double.side_door("monitors/churn-quality", runs)
    newest = {"MonitoringScheduleName": "churn-quality", "SortBy": "ScheduledTime", "SortOrder": "Descending", "MaxResults": 3}
    page = double.call("ListMonitoringExecutions", **newest)
    found = [run["MonitoringExecutionStatus"] for run in page["MonitoringExecutionSummaries"]]
    assert found == ["Failed", "CompletedWithViolations", "CompletedWithViolations"], found
    rest = double.call("ListMonitoringExecutions", **newest, NextToken=page["NextToken"])
    assert len(rest["MonitoringExecutionSummaries"]) == 1 and "NextToken" not in rest, rest
    nobody = double.call("ListMonitoringExecutions", MonitoringScheduleName="nobody")
    assert nobody["MonitoringExecutionSummaries"] == [], nobody

    double.refuse("CreateTrainingJob", "ResourceInUse", arn, **request(NAME))
    double.refuse("CreateTrainingJob", "ValidationException", "at 'trainingJobName'", **request("a_b"))
    double.refuse("DescribeTrainingJob", "ValidationException", "Requested resource not found.", TrainingJobName="nobody")
    double.refuse("StopTrainingJob", "ValidationException", "status Completed", TrainingJobName=NAME)
    double.side_door("config", {"quotas": {"ml.m5.xlarge": 0}})
    double.refuse("CreateTrainingJob", "ResourceLimitExceeded", "is 0 Instances", **request("more"))
    double.side_door("config", {"throttles": {"ListTrainingJobs": {"per_second": 2}}})
    double.call("ListTrainingJobs")
    double.call("ListTrainingJobs")
    double.refuse("ListTrainingJobs", "ThrottlingException", "Rate exceeded")
    double.side_door("config", {"quotas": {}, "throttles": {}})

    waiter = double.client.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName=NAME, WaiterConfig={"MaxAttempts": 1})
    double.call("DeleteTrainingJob", TrainingJobName=NAME)
    double.call("CreateTrainingJob", **request(NAME))
    double.refuse("DeleteTrainingJob", "ResourceInUse", "InProgress", TrainingJobName=NAME)


def would_notice(double):
    """This check can fail: a status that is not published does not get through."""
    double.side_door(f"jobs/{NAME}", {"outcome": {"unknown": "Hibernating"}})
    before = double.complaints
    double.complaints = []
    double.call("DescribeTrainingJob", TrainingJobName=NAME)
    noticed = any("'Hibernating' is not among the published words" in text for text in double.complaints)
    double.complaints = before
    return noticed


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("url", help="where the double listens")
    double = Double(arguments.parse_args().url.rstrip("/"))
    tour(double)
    if not would_notice(double):
        double.complaints.append("an unpublished status went unnoticed")
    for text in double.complaints:
        print(text, file=sys.stderr)
    log = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{double.url}/_double/log?account={ACCOUNT}"))
    unknown = [entry for entry in log if entry["unknown_members"]]
    counts = {}
    for entry in log:
        counts.setdefault(entry["operation"], []).append(entry["status"])
    for name, statuses in sorted(counts.items()):
        print(f"{name}: {statuses.count(200)} answers, {len(statuses) - statuses.count(200)} refusals")
    sys.exit(1 if double.complaints or unknown else 0)


if __name__ == "__main__":
    main()
