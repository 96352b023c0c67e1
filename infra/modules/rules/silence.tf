# Dead man's switch: the watcher itself must not die unnoticed. `absent_over_time` also answers for
# a series that was never written, so it fires for a deployment that never worked. Silence is told
# once, for the widest part that is silent: everything, an environment, or a step in a region.

locals {
  everything_silent_query = format(
    "absent_over_time(%s{%s}[%ds])", local.heartbeat, local.everything,
    local.longest_silence_seconds,
  )

  environment_silent_query = {
    for name, seconds in local.silence_seconds : name => format(
      "absent_over_time(%s{%s}[%ds])", local.heartbeat, local.labels[name], seconds,
    )
  }

  # One piece for each step and region, so that the incident can name them.
  step_silent_pieces = {
    for name, environment in var.environments : name => flatten([
      for step in environment.steps[*].name : [
        for region in environment.regions : format(
          "absent_over_time(%s{%s,task_id=\"%s\",location=\"%s\"}[%ds])",
          local.heartbeat, local.labels[name], step, region, local.silence_seconds[name],
        )
      ]
    ])
  }

  silent = {
    for name, environment in var.environments : "${name}/silent" => {
      display_name = "${name}: the monitor is silent"
      environment  = name
      step         = null
      severity     = "CRITICAL"
      anchor       = null
      what         = <<-EOT
        Nothing has run for **${environment.title}**, or for one of its steps in one region, for
        ${local.silence_seconds[name] / 60} minutes; or measurements do not arrive. Nobody is
        watching now: the product may be up or down.

        If it is one step, the incident names it (`task_id`) and the region (`location`). Look at
        the schedule first (paused? last attempt?), then at the function's log.
      EOT
      conditions = [
        {
          display_name = "no run of any step for ${local.silence_seconds[name] / 60} minutes"
          query = join("\nunless on () ", [
            local.environment_silent_query[name], local.everything_silent_query,
          ])
        },
        {
          display_name = "no run of a step for ${local.silence_seconds[name] / 60} minutes"
          query = format(
            "(\n  %s\n)\nunless on () %s",
            join("\n  or ", local.step_silent_pieces[name]), local.environment_silent_query[name],
          )
        },
      ]
    }
  }

  everything_silent = {
    "all/silent" = {
      display_name = "Golden path: nothing is watched"
      environment  = null
      step         = null
      severity     = "CRITICAL"
      anchor       = null
      what         = <<-EOT
        No function has written a measurement for ${local.longest_silence_seconds / 60} minutes, in
        no environment. The monitor as a whole is dead: all schedules paused, functions gone, an
        account without its role, or billing disabled.
      EOT
      conditions = [{
        display_name = "no run of anything for ${local.longest_silence_seconds / 60} minutes"
        query        = local.everything_silent_query
      }]
    }
  }
}
