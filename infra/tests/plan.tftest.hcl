# What would be deployed, for two environments in two regions. Nothing is asked of a cloud.

mock_provider "google" {}
mock_provider "archive" {}

variables {
  project          = "acme-monitoring"
  environments     = ["alpha", "beta"]
  environments_dir = "tests/fixtures/environments"
  bundle_dir       = "tests/fixtures/bundle"
  alerting         = { emails = ["oncall@example.com"] }
  functions        = { propagation_seconds = 0 }
}

run "two_environments" {
  command = plan

  assert {
    condition     = length(google_cloudfunctions2_function.probe) == 8
    error_message = "There is one function for each step and region; environments share them."
  }
  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.probe :
      function.build_config[0].runtime == "nodejs24"
      && function.service_config[0].available_cpu == "1"
      && function.service_config[0].max_instance_request_concurrency == 1
      && function.service_config[0].min_instance_count == 0
      && function.service_config[0].max_instance_count <= 3
    ])
    error_message = "A function has a processor to itself, measures one thing, and then sleeps."
  }
  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.probe :
      function.service_config[0].available_memory == "256Mi"
      && function.service_config[0].environment_variables["NODE_OPTIONS"]
      == "--max-old-space-size=192 --max-semi-space-size=4"
    ])
    error_message = "The heap leaves a quarter of the memory to everything else."
  }
  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.probe :
      function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    ])
    error_message = "Nobody outside may call a function."
  }
  assert {
    condition     = length(google_cloud_scheduler_job.probe) == 14
    error_message = "There is a job for each environment, step and region."
  }
  assert {
    condition = alltrue([
      for job in google_cloud_scheduler_job.probe :
      job.retry_config[0].retry_count == 0 && job.time_zone == "Etc/UTC" && !job.paused
    ])
    error_message = "A slot is not tried again, and time is UTC."
  }
  assert {
    condition = alltrue([
      for key, job in google_cloud_scheduler_job.probe :
      jsondecode(base64decode(job.http_target[0].body)).environment == dirname(dirname(key))
    ])
    error_message = "A trigger names its environment."
  }
  assert {
    condition = alltrue([
      for key, job in google_cloud_scheduler_job.probe :
      tonumber(trimsuffix(job.attempt_deadline, "s")) > one([
        for function in google_cloudfunctions2_function.probe :
        function.service_config[0].timeout_seconds
        if function.name == "golden-path-${basename(dirname(key))}" && function.location == job.region
      ])
    ])
    error_message = "The scheduler must wait longer than the function may take."
  }
  assert {
    condition = alltrue(flatten([
      for watched in ["alpha/auth", "alpha/health", "alpha/websocket", "alpha/agent", "beta/auth",
        "beta/health", "beta/websocket"] : [
        for rule in ["down", "budget"] :
        contains(keys(google_monitoring_alert_policy.rule), "${watched}/${rule}")
      ]
    ]))
    error_message = "Each step of each environment has its alerts."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.rule : alltrue([
        for condition in policy.conditions :
        condition.condition_prometheus_query_language[0].disable_metric_validation
      ])
    ])
    error_message = "A policy must not need its metric to exist: the dead man's would come too late."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.rule :
      strcontains(policy.documentation[0].content, "gcloud logging read")
    ])
    error_message = "An alert says what to run."
  }
  assert {
    condition     = length(google_monitoring_slo.step) == 7
    error_message = "Each step of each environment has its objective."
  }
  assert {
    condition = (
      length(google_monitoring_metric_descriptor.catalogue)
      == length(jsondecode(file("../shared/metrics.json")).metrics)
    )
    error_message = "Each metric of the catalogue is declared."
  }
  assert {
    condition = (
      length(google_compute_network.egress) == 0
      && length(google_monitoring_uptime_check_config.synthetic) == 0
      && alltrue([for repository in google_artifact_registry_repository.images : repository.kms_key_name == null])
    )
    error_message = "A fixed address, synthetic monitors and own keys cost money: off by default."
  }
}

run "paused" {
  command = plan

  variables {
    paused = true
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.probe : job.paused])
    error_message = "`paused` stops every schedule."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.rule : policy.enabled != false
    ])
    error_message = "`paused` must not silence the dead man's switch."
  }
}

run "one_environment_less" {
  command = plan

  variables {
    environments = ["beta"]
  }

  assert {
    condition = (
      length(google_cloudfunctions2_function.probe) == 6
      && length(google_cloud_scheduler_job.probe) == 6
      && length(google_monitoring_dashboard.environment) == 1
      && !contains(keys(google_service_account.probe), "agent")
    )
    error_message = "What an environment alone needed goes with it."
  }
  assert {
    condition     = join(" ", keys(google_secret_manager_secret.made)) == "BETA_PASSWORD"
    error_message = "Secrets that no file names are not kept."
  }
}
