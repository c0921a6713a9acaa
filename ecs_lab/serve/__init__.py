"""The lab on a port of this machine: for the AWS CLI, CDK and SDKs of any language, unmodified."""
