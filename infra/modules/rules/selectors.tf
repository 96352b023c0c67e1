# What the rules look at: the series of one environment or step, and how far back.

locals {
  metric = { for name, metric in var.metrics.metrics : name => metric.promql }

  # Every run writes it, whatever it found: where it is missing, nothing ran.
  heartbeat = local.metric["inconclusive"]

  everything = "monitored_resource=\"${var.metrics.resource}\",job=\"${var.metrics.job}\""
  labels = {
    for name in keys(var.environments) : name => "${local.everything},namespace=\"${name}\""
  }

  # All series of an environment, by metric.
  series = {
    for name, labels in local.labels : name => {
      for metric, promql in local.metric : metric => "${promql}{${labels}}"
    }
  }

  # Three slots, so that one slot that was missed or ran long raises no alarm.
  silence_seconds = {
    for name, environment in var.environments : name => max(900, 3 * environment.cadence_seconds)
  }
  longest_silence_seconds = max(values(local.silence_seconds)...)

  targets = merge([
    for name, environment in var.environments : {
      for step in environment.steps : "${name}/${step.name}" => {
        environment = name
        title       = environment.title
        step        = step.name
        impact      = step.impact
        fire        = step.fire
        quorum      = min(environment.region_quorum, length(environment.regions))
        cadence     = environment.cadence_seconds
        up          = "${local.metric["up"]}{${local.labels[name]},task_id=\"${step.name}\"}"
      }
    }
  ]...)
}
