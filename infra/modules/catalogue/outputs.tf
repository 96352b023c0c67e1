output "environments" {
  description = "The environment files with their defaults filled in, by name."
  value       = local.environments

  precondition {
    condition     = length(local.misnamed) == 0
    error_message = "File name and `name` must agree: ${join(", ", local.misnamed)}."
  }
}

output "functions" {
  description = "One function for each step and region, by `step/region`."
  value       = local.functions
}

output "jobs" {
  description = "One schedule for each environment, step and region, by `environment/step/region`."
  value       = local.jobs

  precondition {
    condition = length(local.odd_cadences) == 0
    error_message = format(
      "Cloud Scheduler cannot keep the `cadenceSeconds` of %s; allowed: %s.",
      join(", ", local.odd_cadences), join(", ", local.cadences_allowed),
    )
  }
  precondition {
    condition = length(local.too_long) == 0
    error_message = format(
      "Runs that may take longer than Cloud Scheduler waits (%d s): %s. Lower `deadlineSeconds`.",
      local.attempt_deadline_seconds_max, join(", ", local.too_long),
    )
  }
}

output "metrics" {
  description = "The metric catalogue: descriptors, resource and the names that PromQL uses."
  value = {
    groups   = local.catalogue.groups
    job      = local.catalogue.job
    metrics  = local.metrics
    resource = local.catalogue.resource
  }
}

output "revision_sources" {
  description = "Cloud Run services whose revision a step reads, by step and service."
  value       = local.revision_sources
}

output "secrets_of_step" {
  description = "Names of the secrets that each step may read."
  value       = local.secrets_of_step
}

output "targets" {
  description = "The share of runs above which the product's team calls a step good, by step."
  value       = local.targets.steps
}
