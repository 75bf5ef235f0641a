"""What this server does not serve, by the fields that ask for it, and what to do instead. Pure.

A document that asks for a field the schema hasn't is refused before it is executed. What a person reads then is one
sentence: what isn't served, what to do instead, and which operation it was, not the schema's own words.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode, FieldNode, OperationDefinitionNode, Visitor, visit


@dataclass(frozen=True, slots=True)
class Family:
    """Operations that are not served for one reason.

    Attributes:
        reason: one sentence or two: what isn't served, what to do instead.
        fields: what only these operations ask for, names of fields between spaces.
    """

    reason: str
    fields: str


FAMILIES = (
    Family(
        "Runwell does not serve launch: its queues, jobs and agents. Start the script where it shall run, by hand or "
        "by a scheduler such as Slurm or Kubernetes; its run is recorded from there.",
        "runQueue runQueues createRunQueue upsertRunQueue deleteRunQueues deleteFromRunQueue pushToRunQueue "
        "pushToRunQueueByName popFromRunQueue ackRunQueueItem failRunQueueItem updateRunQueueItemWarning "
        "launchAgent createLaunchAgent updateLaunchAgent createDefaultResourceConfig "
        "defaultResourceConfig",
    ),
    Family(
        "Runwell does not serve automations and integrations. A script may listen to GET /api/live and act on what it "
        "hears; alerts of runs are at GET /api/projects/{entity}/{project}/alerts.",
        "trigger triggers createFilterTrigger updateFilterTrigger deleteTrigger triggeringCondition integrations "
        "createGenericWebhookIntegration",
    ),
    Family(
        "Runwell does not serve sweeps yet. Start the runs from a loop of your own, or from Optuna, one run a trial.",
        "sweep sweeps totalSweeps upsertSweep createAgent agentHeartbeat enqueueSweepRun stopSweep deleteSweep",
    ),
    Family(
        "Runwell keeps no list of a registry's members: every user of the server belongs to every registry. What a "
        "registry links to is seen by those who see its project.",
        "createProjectMembers deleteProjectMembers updateProjectMember updateProjectTeamMember",
    ),
    Family(
        "Runwell's users are made on the server's machine, with `runwell admin user add NAME`.",
        "createTeam createInvite deleteInvite createServiceAccount createUser",
    ),
    Family(
        "Runwell does not keep reports and saved workspaces of this client. Its own workspace is at "
        "/{entity}/{project}/workspace.",
        "upsertView deleteView view",
    ),
    Family(
        "Runwell does not serve Weave. Log tables and media with run.log() instead.",
        "weaveProject weaveObjects",
    ),
)


def reason_for(document: DocumentNode) -> str | None:
    """Give why a document that failed validation isn't served; None: it is of no known family."""
    names = _Names()
    visit(document, names)
    # A registry's documents ask for artifacts, an automation's for everything: the first family that is named counts.
    for family in FAMILIES:
        if names.found & set(family.fields.split()):
            return family.reason
    return None


def operation_of(document: DocumentNode) -> str | None:
    """Give the name of a document's first operation."""
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and node.name is not None:
            return node.name.value
    return None


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found.add(node.name.value)
