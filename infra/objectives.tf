# Service level objectives. A run that was blocked or inconclusive says nothing of its step: it is
# neither good nor bad.

resource "google_monitoring_custom_service" "environment" {
  for_each = local.environments

  service_id   = "golden-path-${each.key}"
  display_name = "Golden path: ${each.value.title}"
  depends_on   = [google_project_service.needed]
}

locals {
  service_ids = {
    for name, service in google_monitoring_custom_service.environment : name => service.service_id
  }

  good = "metric.labels.verdict=one_of(\"pass\",\"degraded\")"
  bad  = "metric.labels.verdict=\"fail\""

  runs_filter = {
    for key, watched in local.watched_steps : key => join(" AND ", [
      "metric.type=\"${module.catalogue.metrics.metrics["runs"].type}\"",
      "resource.type=\"${module.catalogue.metrics.resource}\"",
      "resource.labels.namespace=\"${watched.environment}\"",
      "resource.labels.task_id=\"${watched.step}\"",
    ])
  }
}

resource "google_monitoring_slo" "step" {
  for_each = local.watched_steps

  service             = local.service_ids[each.value.environment]
  slo_id              = each.value.step
  display_name        = "${each.value.step}: ${100 * local.goals[each.value.step]} % of runs work"
  goal                = local.goals[each.value.step]
  rolling_period_days = var.slo.rolling_days

  request_based_sli {
    good_total_ratio {
      good_service_filter = "${local.runs_filter[each.key]} AND ${local.good}"
      bad_service_filter  = "${local.runs_filter[each.key]} AND ${local.bad}"
    }
  }

  depends_on = [google_monitoring_metric_descriptor.catalogue]
}
