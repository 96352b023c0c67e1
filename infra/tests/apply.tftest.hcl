# How the parts are tied together, once everything has an address.

mock_provider "archive" {}
mock_provider "google" {
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://golden-path.a.run.app" }
    }
  }
  mock_resource "google_monitoring_dashboard" {
    defaults = { id = "projects/1/dashboards/d1" }
  }
}

variables {
  project          = "acme-monitoring"
  environments     = ["alpha", "beta"]
  environments_dir = "tests/fixtures/environments"
  bundle_dir       = "tests/fixtures/bundle"
  functions        = { propagation_seconds = 0 }
  alerting = {
    emails      = ["oncall@example.com"]
    runbook_url = "https://example.com/runbook.md"
  }
}

run "wiring" {
  command = apply

  assert {
    condition = alltrue([
      for job in google_cloud_scheduler_job.probe :
      job.http_target[0].oidc_token[0].audience == job.http_target[0].uri
      && job.http_target[0].oidc_token[0].service_account_email == google_service_account.scheduler.email
    ])
    error_message = "A trigger carries a token of the scheduler's account, made for this function."
  }
  assert {
    condition = alltrue([
      for key, grant in google_cloud_run_v2_service_iam_member.scheduler :
      grant.role == "roles/run.invoker" && grant.member == google_service_account.scheduler.member
      && "${trimprefix(grant.name, "golden-path-")}/${grant.location}" == key
    ])
    error_message = "The scheduler may call exactly these functions."
  }
  assert {
    condition = alltrue([
      for key, function in google_cloudfunctions2_function.probe :
      function.service_config[0].service_account_email == google_service_account.probe[dirname(key)].email
      && function.build_config[0].service_account == google_service_account.build.id
      && function.build_config[0].docker_repository == google_artifact_registry_repository.images[basename(key)].id
    ])
    error_message = "Each function runs as its own account and is built by the builder's."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.rule :
      join(",", policy.notification_channels) == google_monitoring_notification_channel.email["oncall@example.com"].id
    ])
    error_message = "Every alert reaches someone without this project's Slack code."
  }
  assert {
    condition = (
      google_monitoring_alert_policy.rule["alpha/auth/down"].documentation[0].links[0].url == "https://example.com/alpha/runbook.md"
      && google_monitoring_alert_policy.rule["beta/monitor"].documentation[0].links[0].url == "https://example.com/runbook.md#state-unavailable"
      && google_monitoring_alert_policy.rule["beta/auth/down"].documentation[0].links[1].url == output.dashboards["beta"]
    )
    error_message = "An alert leads to the runbook and the dashboard of its environment."
  }
}
