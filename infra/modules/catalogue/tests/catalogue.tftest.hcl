# What follows from the environment files. Needs no provider and no network.

variables {
  environments     = ["alpha", "beta"]
  environments_dir = "../../tests/fixtures/environments"
}

run "environments" {
  command = plan

  assert {
    condition = (
      join(" ", output.environments["alpha"].steps[*].name) == "auth health websocket agent"
    )
    error_message = "Steps come in the order of the flow."
  }
  assert {
    condition = (
      output.environments["alpha"].cadence_seconds == 300
      && output.environments["beta"].cadence_seconds == 600
    )
    error_message = "A file's own cadence counts, else the default of the schema."
  }
  assert {
    condition = (
      join(" ", output.environments["alpha"].steps[*].fire.failures) == "2 2 2 3"
      && join(" ", output.environments["beta"].steps[*].fire.of) == "3 3 3"
    )
    error_message = "A step's own rule counts before the file's, and that before the default."
  }
  assert {
    condition     = length(output.revision_sources) == 3
    error_message = "Each step of an environment may read the revision that Cloud Run knows."
  }
}

run "functions" {
  command = plan

  assert {
    condition = join(" ", keys(output.functions)) == join(" ", [
      "agent/europe-west1", "agent/us-central1", "auth/europe-west1", "auth/us-central1",
      "health/europe-west1", "health/us-central1", "websocket/europe-west1",
      "websocket/us-central1",
    ])
    error_message = "There is one function for each step and region, whatever the environments."
  }
  assert {
    condition = alltrue([
      for function in output.functions : function.entry_point == "probe-${function.step}"
    ])
    error_message = "The entry point is the one that functions/index.ts registers."
  }
  assert {
    # auth: beta's one try of 70 s is longer than alpha's two of 30 s with 3 s between.
    condition = (
      output.functions["auth/us-central1"].timeout_seconds == 90
      && output.functions["health/us-central1"].timeout_seconds == 63
      && output.functions["websocket/us-central1"].timeout_seconds == 103
      && output.functions["agent/us-central1"].timeout_seconds == 223
    )
    error_message = "A function waits for its slowest environment: its tries, the pause, 20 s."
  }
}

run "schedules" {
  command = plan

  assert {
    condition     = length(output.jobs) == 14
    error_message = "There is a job for each environment, step and region."
  }
  assert {
    condition = alltrue([
      for job in output.jobs :
      job.attempt_deadline_seconds == output.functions[job.function].timeout_seconds + 30
    ])
    error_message = "The scheduler waits 30 s longer than the function may take."
  }
  assert {
    condition = alltrue([
      for job in output.jobs :
      endswith(job.schedule, job.environment == "alpha" ? "-59/5 * * * *" : "-59/10 * * * *")
    ])
    error_message = "A schedule keeps the cadence of its environment."
  }
  assert {
    # Eight jobs in five minutes: at most two in one. Six in ten: at most one.
    condition = alltrue([
      for minute in range(10) : alltrue([
        for name, most in { alpha = 2, beta = 1 } : most >= length([
          for job in output.jobs : job
          if job.environment == name && startswith(job.schedule, "${minute}-")
        ])
      ])
    ])
    error_message = "The probes of an environment are spread evenly over its minutes."
  }
}

run "one_less_moves_nobody" {
  command = plan

  variables {
    environments = ["alpha"]
  }

  assert {
    condition     = length(output.jobs) == 8
    error_message = "The jobs of an environment go with it."
  }
  assert {
    condition = alltrue([
      for key, job in output.jobs : job.schedule == run.schedules.jobs[key].schedule
    ])
    error_message = "An environment more or less must not move the schedules of the others."
  }
}

run "secrets" {
  command = plan

  assert {
    condition = (
      join(" ", output.secrets_of_step["health"]) == "ALPHA_ROOTS SLACK_BOT_TOKEN"
      && join(" ", output.secrets_of_step["auth"]) == join(" ", [
        "ALPHA_JWT_SECRET", "ALPHA_LOGIN_KEY", "ALPHA_ROOTS", "BETA_PASSWORD", "SLACK_BOT_TOKEN",
      ])
      && !contains(output.secrets_of_step["agent"], "BETA_PASSWORD")
    )
    error_message = "A step sees the secrets of its own part and of the login, and no others."
  }
}

run "without_slack" {
  command = plan

  variables {
    environments = ["beta"]
  }

  assert {
    condition     = join(" ", output.secrets_of_step["websocket"]) == "BETA_PASSWORD"
    error_message = "Slack's token is for environments that tell Slack."
  }
}

run "metric_names" {
  command = plan

  assert {
    condition = (
      output.metrics.metrics["tls_days_left"].promql
      == "custom_googleapis_com:golden_path_tls_days_left"
      && output.metrics.metrics["up"].type == "custom.googleapis.com/golden_path/up"
    )
    error_message = "PromQL and the API know a metric by names that follow from one another."
  }
}
