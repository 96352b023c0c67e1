# Reads the environment files and fills in what they leave out. No provider, no resource: what is
# decided here can be tested without a cloud. Defaults come from the files' JSON Schema, which is
# generated from the code: the functions and the infrastructure cannot disagree on them.

locals {
  schema = jsondecode(file("${path.module}/../../environments/schema.json")).properties

  # The order in which a user meets the steps. A step that is not named here comes after them.
  flow = ["auth", "health", "websocket", "agent"]

  files = {
    for name in var.environments : name => yamldecode(file("${var.environments_dir}/${name}.yaml"))
  }

  step_order = {
    for name, file in local.files : name => concat(
      [for step in local.flow : step if contains(keys(file.steps), step)],
      sort(setsubtract(keys(file.steps), local.flow)),
    )
  }

  environments = {
    for name, file in local.files : name => {
      declared_name   = file.name
      title           = file.title
      cadence_seconds = try(file.cadenceSeconds, local.schema.cadenceSeconds.default)
      regions         = distinct(try(file.regions, local.schema.regions.default))
      region_quorum   = try(file.policy.regionQuorum, local.policy_defaults.regionQuorum.default)
      trouble_runs = try(
        file.policy.monitorTroubleRuns, local.policy_defaults.monitorTroubleRuns.default,
      )
      dashboard = try(file.links.dashboard, null)
      runbook   = try(file.links.runbook, null)
      steps = [
        for step in local.step_order[name] : {
          name   = step
          impact = try(file.impact[step], null)
          fire = try(
            file.policy.steps[step].fire, file.policy.fire, local.policy_defaults.fire.default,
          )
          timeout_seconds = local.run_seconds["${name}/${step}"]
        }
      ]
    }
  }

  policy_defaults = local.schema.policy.properties

  # How long a run may take, by the formula of shared/core/lint/times.ts: it measures, pauses and
  # measures once more when it failed, and has a reserve for state, metrics and Slack.
  reserve_seconds = 20
  pause_seconds = {
    for name, file in local.files : name => ceil(
      try(file.policy.confirmAfterMs, local.policy_defaults.confirmAfterMs.default) / 1000
    )
  }
  run_seconds = merge([
    for name, file in local.files : {
      for step, settings in file.steps : "${name}/${step}" => sum([
        (local.pause_seconds[name] > 0 ? 2 : 1) * try(
          settings.deadlineSeconds,
          local.schema.steps.properties[step].properties.deadlineSeconds.default,
        ),
        local.pause_seconds[name],
        local.reserve_seconds,
      ])
    }
  ]...)

  # One entry for each environment, step and region that has a schedule of its own.
  probes = merge([
    for name, environment in local.environments : merge([
      for step_index, step in environment.steps : {
        for region_index, region in environment.regions : "${name}/${step.name}/${region}" => {
          environment     = name
          step            = step.name
          region          = region
          timeout_seconds = step.timeout_seconds
          cadence_seconds = environment.cadence_seconds
          place           = step_index * length(environment.regions) + region_index
        }
      }
    ]...)
  ]...)
}
