#!/usr/bin/env python3
"""A function that tells what it was told: in its log, in the ledger and on the bus. It fails, or gives its number, when asked to."""

import json
import os
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"


def post(url, body, headers=None):
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers or {}, method="POST")
    return urllib.request.urlopen(request).read()


def aws(service, target, body):
    account, region = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_REGION"]
    credential = f"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    headers = {"authorization": credential, "x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
    post(os.environ["AWS_ENDPOINT_URL"], body, headers)


while True:
    with urllib.request.urlopen(f"{API}/next") as answer:
        request, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    print("told", json.dumps(event), flush=True)
    if event.get("fail"):
        post(f"{API}/{request}/error", {"errorType": "Asked", "errorMessage": "asked to fail"})
        continue
    if event.get("pid"):
        post(f"{API}/{request}/response", {"pid": os.getpid()})
        continue
    item = {"model": {"S": "echo"}, "item": {"S": f"run#{request}"}, "source": {"S": event.get("source", "none")}}
    aws("dynamodb", "DynamoDB_20120810.PutItem", {"TableName": os.environ["REKINDLE_TABLE"], "Item": item})
    entry = {
        "EventBusName": os.environ["REKINDLE_BUS"],
        "Source": "rekindle",
        "DetailType": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        "Detail": json.dumps(event),
    }
    aws("events", "AWSEvents.PutEvents", {"Entries": [entry]})
    post(f"{API}/{request}/response", {"told": event})
