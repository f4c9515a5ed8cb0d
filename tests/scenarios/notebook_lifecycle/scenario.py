"""A start script of notebooks is changed; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "sagemaker",
           "UpdateNotebookInstanceLifecycleConfig",
           {"notebookInstanceLifecycleConfigName": "team"})


def quiet(w):
    w.call(START, user("ann"), "sagemaker", "CreateNotebookInstanceLifecycleConfig", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "sagemaker",
           "CreateNotebookInstanceLifecycleConfig", {}, source=CFN, agent=CFN)
