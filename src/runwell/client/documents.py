"""The GraphQL documents that we send; the official client's own forms, so that one server answers both.

Source: ``wandb-protocol.md`` sections 4, 5, 7 and its appendix.
"""

from __future__ import annotations

VIEWER = "query Viewer { viewer { id entity username email flags } }"

UPSERT_BUCKET = """\
mutation UpsertBucket($id: String, $name: String, $project: String, $entity: String, $groupName: String,
  $description: String, $displayName: String, $notes: String, $commit: String, $config: JSONString, $host: String,
  $debug: Boolean, $program: String, $repo: String, $jobType: String, $state: String, $sweep: String,
  $tags: [String!], $summaryMetrics: JSONString) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity, groupName: $groupName,
    description: $description, displayName: $displayName, notes: $notes, commit: $commit, config: $config,
    host: $host, debug: $debug, jobProgram: $program, jobRepo: $repo, jobType: $jobType, state: $state,
    sweep: $sweep, tags: $tags, summaryMetrics: $summaryMetrics}) {
    bucket { id name displayName project { name entity { name } } historyLineCount }
    inserted
  }
}"""

CREATE_RUN_FILES = """\
mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    runID
    uploadHeaders
    files { name uploadUrl }
  }
}"""

RUN_RESUME_STATUS = """\
query RunResumeStatus($project: String, $entity: String, $name: String!) {
  model(name: $project, entityName: $entity) {
    id
    name
    entity { id name }
    bucket(name: $name, missingOk: true) {
      id name summaryMetrics displayName logLineCount historyLineCount eventsLineCount historyTail eventsTail
      config tags notes wandbConfig(keys: ["t"])
    }
  }
}"""

NOTIFY_ALERT = """\
mutation NotifyScriptableRunAlert($entityName: String!, $projectName: String!, $runName: String!, $title: String!,
  $text: String!, $severity: AlertSeverity = INFO, $waitDuration: Duration) {
  notifyScriptableRunAlert(input: {entityName: $entityName, projectName: $projectName, runName: $runName,
    title: $title, text: $text, severity: $severity, waitDuration: $waitDuration}) {
    success
  }
}"""

UPSERT_PROJECT = """\
mutation UpsertModel($entity: String, $project: String, $description: String) {
  upsertModel(input: {entityName: $entity, name: $project, description: $description}) {
    model { name entityName }
  }
}"""

REWIND_RUN = """\
mutation RewindRun($name: String!, $entity: String, $project: String, $step: Float!) {
  rewindRun(input: {runName: $name, entityName: $entity, projectName: $project, metricName: "_step",
    metricValue: $step}) {
    rewoundRun { id historyLineCount }
  }
}"""
