module "dashboard" {
  source   = "./modules/dashboard"
  for_each = local.environments

  environment = {
    name            = each.key
    title           = each.value.title
    cadence_seconds = each.value.cadence_seconds
    steps           = each.value.steps[*].name
    runbook         = local.runbooks[each.key]
  }
  metrics = module.catalogue.metrics
  project = var.project

  objectives = {
    for step in each.value.steps[*].name : step => {
      name = join("/", [
        "projects", var.project, "services", "golden-path-${each.key}",
        "serviceLevelObjectives", step,
      ])
      goal  = local.goals[step]
      floor = lookup(local.floors, step, null)
    }
  }
}

resource "google_monitoring_dashboard" "environment" {
  for_each = module.dashboard

  dashboard_json = each.value.json
  depends_on     = [google_monitoring_metric_descriptor.catalogue, google_monitoring_slo.step]
}

locals {
  # An environment file may point at a dashboard of its own.
  dashboard_urls = {
    for name, environment in local.environments : name => coalesce(environment.dashboard, format(
      "https://console.cloud.google.com/monitoring/dashboards/builder/%s?project=%s",
      basename(google_monitoring_dashboard.environment[name].id), var.project,
    ))
  }
}
