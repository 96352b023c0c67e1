# Which rules there are. Whether they fire is tested with promtool (test/infra). No provider needed.

variables {
  goals = { auth = 0.995, websocket = 0.9 }
  metrics = {
    job      = "golden-path"
    resource = "generic_task"
    metrics = {
      up                = { promql = "x:up" }
      runs              = { promql = "x:runs" }
      inconclusive      = { promql = "x:inconclusive" }
      incident_open     = { promql = "x:incident_open" }
      delivery_failures = { promql = "x:delivery_failures" }
    }
  }
  environments = {
    one = {
      title           = "One"
      cadence_seconds = 300
      regions         = ["us-central1", "europe-west1"]
      region_quorum   = 5
      trouble_runs    = 3
      steps = [
        { name = "auth", fire = { failures = 2, of = 3 } },
        { name = "websocket", impact = "Nobody can chat.", fire = { failures = 1, of = 1 } },
      ]
    }
    slow = {
      title           = "Slow"
      cadence_seconds = 3600
      regions         = ["us-central1"]
      region_quorum   = 1
      trouble_runs    = 3
      steps           = [{ name = "auth", fire = { failures = 2, of = 3 } }]
    }
  }
}

run "every_step_is_covered" {
  command = plan

  assert {
    condition = join(" ", keys(output.policies)) == join(" ", [
      "all/silent",
      "one/auth/budget", "one/auth/down", "one/monitor", "one/security", "one/silent",
      "one/websocket/budget", "one/websocket/down",
      "slow/auth/budget", "slow/auth/down", "slow/monitor", "slow/security", "slow/silent",
    ])
    error_message = "Each step has its rules, each environment its own, and one rule is for all."
  }
  assert {
    condition = alltrue(flatten([
      for step in ["auth", "websocket"] : [
        for region in ["us-central1", "europe-west1"] : strcontains(
          output.policies["one/silent"].conditions[1].query,
          "task_id=\"${step}\",location=\"${region}\"}[900s]",
        )
      ]
    ]))
    error_message = "The dead man's switch watches each step in each region."
  }
  assert {
    condition     = strcontains(output.policies["one/websocket/down"].what, "Nobody can chat.")
    error_message = "An alert tells what the outage means to users."
  }
}

run "windows_follow_the_cadence" {
  command = plan

  assert {
    condition = (
      strcontains(output.policies["one/auth/down"].conditions[0].query, "[900s]")
      && strcontains(output.policies["slow/auth/down"].conditions[0].query, "[10800s]")
    )
    error_message = "The window of N of M runs holds M runs."
  }
  assert {
    condition = (
      strcontains(output.policies["slow/silent"].conditions[0].query, "[10800s]")
      && strcontains(output.policies["all/silent"].conditions[0].query, "[10800s]")
    )
    error_message = "Silence is three slots; that of everything is the longest of them."
  }
  assert {
    condition = alltrue(flatten([
      for policy in output.policies : [
        for condition in policy.conditions : [
          for window in regexall("\\[(\\d+)s\\]", condition.query) : tonumber(window[0]) <= 90000
        ]
      ]
    ]))
    error_message = "A PromQL rule may look back 25 hours."
  }
}

run "bounds_follow_the_file" {
  command = plan

  assert {
    condition     = endswith(output.policies["one/auth/down"].conditions[0].query, ") >= 2")
    error_message = "No more regions can be demanded than there are."
  }
  assert {
    condition = (
      strcontains(output.policies["one/auth/budget"].conditions[0].query, "> 0.0720")
      && strcontains(output.policies["one/websocket/budget"].conditions[1].query, "> 0.6000")
    )
    error_message = "The burn rate is measured against the goal of the step."
  }
}
