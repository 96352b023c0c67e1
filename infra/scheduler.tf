# One job for each environment, step and region. A slot that fails is not tried again: the next one
# comes soon enough, and a probe that measured "down" has succeeded.

resource "google_cloud_scheduler_job" "probe" {
  for_each = local.jobs

  name             = each.value.name
  region           = each.value.region
  description      = "Golden path: ${each.key}"
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.attempt_deadline_seconds}s"
  paused           = var.paused

  http_target {
    uri         = local.function_urls[each.value.function]
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ environment = each.value.environment }))

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = local.function_urls[each.value.function]
    }
  }

  retry_config {
    retry_count = 0
  }

  depends_on = [google_cloud_run_v2_service_iam_member.scheduler]
}
