# What is to be deployed, as data: read from the environment files and the metric catalogue. An
# environment, a step, a region or a metric more needs no change here.

module "catalogue" {
  source = "./modules/catalogue"

  environments     = var.environments
  environments_dir = var.environments_dir
}

locals {
  environments = module.catalogue.environments
  functions    = module.catalogue.functions
  jobs         = module.catalogue.jobs

  steps   = toset(values(local.functions)[*].step)
  regions = toset(values(local.functions)[*].region)

  # Where something lies that can have a key of one's own.
  regions_used = setunion(local.regions, [var.region])

  goals  = { for step in local.steps : step => lookup(var.slo.goals, step, var.slo.goal) }
  floors = merge(module.catalogue.targets, var.slo.floors)

  runbooks = {
    for name, environment in local.environments : name => (
      environment.runbook != null ? environment.runbook : var.alerting.runbook_url
    )
  }

  # One pair for each objective: an environment and one of its steps.
  watched_steps = merge([
    for name, environment in local.environments : {
      for step in environment.steps[*].name :
      "${name}/${step}" => { environment = name, step = step }
    }
  ]...)
}
