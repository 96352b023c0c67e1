# When each probe runs. The probes of an environment are spread over the minutes of its cadence, so
# that the product is not asked for everything at once. The place of the first follows from the
# environment's name alone: another environment more or less moves nobody.

locals {
  minutes = {
    for key, probe in local.probes : key => {
      every = max(1, floor(probe.cadence_seconds / 60))
      first = (
        (parseint(substr(sha256(probe.environment), 0, 8), 16) + probe.place)
        % max(1, floor(probe.cadence_seconds / 60))
      )
    }
  }

  jobs = {
    for key, probe in local.probes : key => {
      environment = probe.environment
      function    = "${probe.step}/${probe.region}"
      region      = probe.region
      name        = "golden-path-${probe.environment}-${probe.step}"
      schedule = (
        local.minutes[key].every == 60 ? "${local.minutes[key].first} * * * *"
        : "${local.minutes[key].first}-59/${local.minutes[key].every} * * * *"
      )
      # The scheduler waits longer than the function may take: otherwise it would call a run that is
      # still at work a failure.
      attempt_deadline_seconds = (
        local.functions["${probe.step}/${probe.region}"].timeout_seconds + 30
      )
    }
  }
}
