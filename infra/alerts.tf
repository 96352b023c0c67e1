# Alerts that do not go through this project's own Slack code: if that broke, they still come.

module "rules" {
  source = "./modules/rules"

  environments = local.environments
  goals        = local.goals
  metrics      = module.catalogue.metrics
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alerting.emails

  display_name = "Golden path: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
  depends_on   = [google_project_service.needed]
}

locals {
  channels = concat(
    [for channel in google_monitoring_notification_channel.email : channel.id],
    tolist(var.alerting.channels),
  )

  # Where to go from an alert; of an alert that is of no environment, the whole project's.
  policy_runbook = {
    for key, policy in module.rules.policies : key => (
      policy.environment == null ? var.alerting.runbook_url : local.runbooks[policy.environment]
    )
  }
  policy_links = {
    for key, policy in module.rules.policies : key => concat(
      [
        for url in compact([local.policy_runbook[key]]) :
        { name = "Runbook", url = join("#", compact([url, policy.anchor])) }
      ],
      [
        for name, url in local.dashboard_urls : { name = "Dashboard", url = url }
        if name == policy.environment
      ],
    )
  }

  log_filter = {
    for key, policy in module.rules.policies : key => join(" AND ", compact([
      "resource.labels.service_name=~\"^golden-path-${coalesce(policy.step, ".+")}$\"",
      policy.environment == null ? "" : "labels.environment=\"${policy.environment}\"",
    ]))
  }

  policy_labels = {
    for key, policy in module.rules.policies : key => {
      for label, value in { environment = policy.environment, step = policy.step } :
      label => value if value != null
    }
  }
}

resource "google_monitoring_alert_policy" "rule" {
  for_each = module.rules.policies

  display_name          = each.value.display_name
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = local.policy_labels[each.key]

  dynamic "conditions" {
    for_each = each.value.conditions
    content {
      display_name = conditions.value.display_name

      condition_prometheus_query_language {
        query               = conditions.value.query
        duration            = "0s"
        evaluation_interval = "60s"
        # The metric may have been declared a moment ago.
        disable_metric_validation = true
      }
    }
  }

  alert_strategy {
    auto_close           = "86400s"
    notification_prompts = ["OPENED", "CLOSED"]

    notification_channel_strategy {
      notification_channel_names = local.channels
      renotify_interval          = "${var.alerting.renotify_hours * 3600}s"
    }
  }

  documentation {
    subject   = "[${lower(each.value.severity)}] ${each.value.display_name}"
    mime_type = "text/markdown"
    content   = <<-EOT
      ${each.value.what}
      ```
      gcloud logging read '${local.log_filter[each.key]}' \
        --project=${var.project} --freshness=1h --limit=20
      ```
    EOT

    dynamic "links" {
      for_each = local.policy_links[each.key]
      content {
        display_name = links.value.name
        url          = links.value.url
      }
    }
  }

  depends_on = [google_monitoring_metric_descriptor.catalogue]
}
