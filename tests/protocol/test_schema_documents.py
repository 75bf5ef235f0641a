"""Every GraphQL document of the official client is either answered by our schema or named here as out of scope."""

from __future__ import annotations

from collections import Counter

import pytest
from graphql import GraphQLSchema, parse, validate

from runwell.server.routes.wandb.graphql.documents import DocumentRefused, Documents
from runwell.server.routes.wandb.graphql.schema import make_schema

from .client_documents import Document, read_documents

# What the client puts together when it runs: operation → its forms, hole → filling.
_LIGHT = {"fragment_name": "LightweightRunFragment", "fragment": "$LIGHTWEIGHT_RUN_FRAGMENT"}
_WHOLE = {"fragment_name": "RunFragment", "fragment": "$RUN_FRAGMENT"}
_USE = "$entityName: String!, $projectName: String!, $runName: String!, $artifactID: ID!"
_USED = "entityName: $entityName, projectName: $projectName, runName: $runName, artifactID: $artifactID"
_USED_AS = (f"{_USE}, $usedAs: String", f"{_USED}, usedAs: $usedAs")
_FROM_AFAR = (
    f"{_USE}, $artifactEntityName: String, $artifactProjectName: String",
    f"{_USED}, artifactEntityName: $artifactEntityName, artifactProjectName: $artifactProjectName",
)
_QUEUED = {"mutation_params": "$queueID: ID!", "mutation_input": "queueID: $queueID"}
FORMS: dict[str, list[dict[str, str]]] = {
    "Runs": [_LIGHT, _WHOLE],
    "Run": [_LIGHT, _WHOLE],
    "RunFiles": [{"FILE_FRAGMENT": "$FILE_FRAGMENT"}],
    "UpsertBucket": [{"0": "$RUN_FRAGMENT"}],
    "DeleteRun": [
        {"0": "", "1": ""},
        {"0": "$deleteArtifacts: Boolean", "1": "deleteArtifacts: $deleteArtifacts"},
    ],
    "RunFullHistory": [{"0": "history"}, {"0": "events"}],
    "UseArtifact": [
        {"', '.join(query_vars)": given, "', '.join(query_args)": taken}
        for given, taken in ((_USE, _USED), _USED_AS, _FROM_AFAR)
    ],
    "pushToRunQueue": [_QUEUED],
    "pushToRunQueueByName": [_QUEUED],
    "createLaunchAgent": [_QUEUED],
}


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return read_documents(FORMS)


def test_the_documents_are_all_found(documents: list[Document]) -> None:
    found = Counter(document.place.partition(":")[0] for document in documents)
    assert found == {
        "core/internal/gql/gql_gen.go": 45,
        "wandb/apis/_generated/operations.py": 21,
        "wandb/apis/public/api.py": 2,
        "wandb/apis/public/files.py": 2,
        "wandb/apis/public/jobs.py": 8,
        "wandb/apis/public/reports.py": 1,
        "wandb/apis/public/runs.py": 14,
        "wandb/apis/public/summary.py": 1,
        "wandb/apis/public/sweeps.py": 7,
        "wandb/automations/_generated/operations.py": 9,
        "wandb/sdk/artifacts/_generated/operations.py": 47,
        "wandb/sdk/artifacts/_gqlutils.py": 5,
        "wandb/sdk/data_types/eval_table/_writer_ces.py": 1,
        "wandb/sdk/internal/_generated/operations.py": 1,
        "wandb/sdk/launch/api.py": 14,
        "wandb/sdk/verify/verify.py": 2,
    }
    assert {"UpsertBucket", "Viewer", "RunResumeStatus", "CommitArtifact"} <= {document.name for document in documents}


# Why → the operations that are not answered.
REASONS = {
    "launch: Runwell starts no jobs": """
        CreateDefaultResourceConfig CreateRunQueue UpsertRunQueue GetRunQueueItem fetchRunQueuesFromProject
        DeleteFromRunQueue DeleteRunQueue GetRunQueueMetadata GetDefaultResourceConfig GetRunQueueItems
        ProjectRunQueues pushToRunQueue pushToRunQueueByName popFromRunQueue ackRunQueueItem failRunQueueItem
        updateRunQueueItemWarning createLaunchAgent updateLaunchAgent LaunchAgent
        """,
    "automations and integrations: Runwell acts on nothing by itself": """
        GetAutomationsLegacy GetEntityAutomationsLegacy GetEntityAutomations GetOrgAutomations CreateAutomation
        UpdateAutomation DeleteAutomation IntegrationsByEntity CreateGenericWebhookIntegration
        """,
    "sweeps: not yet": """
        EnqueueSweepRun SweepConfig SweepRunsWithHistory SweepWatchedRuns UpsertSweepState UpsertSweep GetSweeps
        GetSweep GetSweepLegacy GetSweepAgent GetSweepAgents GetAgentRuns SweepWithRuns CreateAgent Heartbeat
        GetSweepState
        """,
    "members of registries: every user belongs to every registry": """
        CreateRegistryMembers DeleteRegistryMembers UpdateUserRegistryRole UpdateTeamRegistryRole
        """,
    "users and teams are made by `runwell admin`, on the server's machine": """
        CreateTeam CreateInvite DeleteInvite CreateServiceAccount CreateUserFromAdmin
        """,
}
OUT_OF_SCOPE = {name: reason for reason, names in REASONS.items() for name in names.split()}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return make_schema()


def test_every_document_in_scope_is_one_of_our_schema(documents: list[Document], schema: GraphQLSchema) -> None:
    wrong = {
        f"{document.name} ({document.place})": [error.message for error in errors]
        for document in documents
        if document.name not in OUT_OF_SCOPE and (errors := validate(schema, parse(document.text)))
    }
    assert wrong == {}


def test_what_is_out_of_scope_is_in_the_client_and_not_in_our_schema(
    documents: list[Document], schema: GraphQLSchema
) -> None:
    assert set(OUT_OF_SCOPE) <= {document.name for document in documents}
    served = {
        document.name
        for document in documents
        if document.name in OUT_OF_SCOPE and not validate(schema, parse(document.text))
    }
    assert served == set(), "these are answered by now: take them off the list"


def test_what_is_out_of_scope_is_refused_with_a_reason(documents: list[Document], schema: GraphQLSchema) -> None:
    known = Documents(schema)
    for document in documents:
        if document.name not in OUT_OF_SCOPE:
            continue
        with pytest.raises(DocumentRefused) as refused:
            known.read(document.text)
        said = str(refused.value)
        assert said.startswith("Runwell"), said
        assert f"(the operation {document.name} is not answered" in said


def test_every_document_in_scope_is_within_the_bounds(documents: list[Document], schema: GraphQLSchema) -> None:
    known = Documents(schema)
    for document in documents:
        if document.name not in OUT_OF_SCOPE:
            known.read(document.text)
