# What a file may say and Google Cloud cannot do. The outputs refuse it.

locals {
  misnamed = [
    for name, environment in local.environments : "${name}.yaml"
    if environment.declared_name != name
  ]

  # Cloud Scheduler thinks in minutes, and a cron step starts anew every hour.
  cadences_allowed = [for minutes in range(1, 61) : minutes * 60 if 60 % minutes == 0]
  odd_cadences = [
    for name, environment in local.environments : "${name} (${environment.cadence_seconds})"
    if !contains(local.cadences_allowed, environment.cadence_seconds)
  ]

  # Cloud Scheduler waits half an hour for an answer.
  attempt_deadline_seconds_max = 1800
  too_long = [
    for key, job in local.jobs : "${key} (${job.attempt_deadline_seconds})"
    if job.attempt_deadline_seconds > local.attempt_deadline_seconds_max
  ]
}
