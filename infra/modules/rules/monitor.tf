# The monitor is in trouble: it runs, but cannot measure, remember or tell. Nothing here says that
# the product is broken.

locals {
  # The same bound as that of the functions, which tell Slack's monitor channel.
  trouble_seconds = {
    for name, environment in var.environments : name => (
      environment.trouble_runs * environment.cadence_seconds
    )
  }

  cannot_measure_query = {
    for name, series in local.series : name => trimspace(<<-EOT
      count by (namespace) (
        sum_over_time(${series.inconclusive}[${local.trouble_seconds[name]}s])
          >= ${var.environments[name].trouble_runs}
      ) > 0
    EOT
    )
  }

  # A run writes `incident_open` only if it could read the state.
  cannot_remember_query = {
    for name, series in local.series : name => trimspace(<<-EOT
      count by (namespace) (
        count_over_time(${series.inconclusive}[${local.silence_seconds[name]}s]) >= 2
        unless on (namespace, task_id, location)
        count_over_time(${series.incident_open}[${local.silence_seconds[name]}s])
      ) > 0
    EOT
    )
  }

  # Points are counted, not values: each is a counter that begins anew with its run.
  cannot_tell_query = {
    for name, series in local.series : name => trimspace(<<-EOT
      sum by (namespace) (
        count_over_time(${series.delivery_failures}[${local.silence_seconds[name]}s])
      ) >= 3
    EOT
    )
  }

  monitor = {
    for name, environment in var.environments : "${name}/monitor" => {
      display_name = "${name}: the monitor is in trouble"
      environment  = name
      step         = null
      severity     = "ERROR"
      anchor       = "state-unavailable"
      what         = <<-EOT
        The monitor of **${environment.title}** runs, but a part of it does not work. The name of
        the condition says which: measuring (a rejected credential, our own network, a missing
        secret), remembering (Firestore) or telling (Slack). Until it is mended, Slack may stay
        silent in an outage; the alerts of Cloud Monitoring still work.
      EOT
      conditions = [
        {
          display_name = "${environment.trouble_runs} runs in a row could not measure"
          query        = local.cannot_measure_query[name]
        },
        { display_name = "the state cannot be read", query = local.cannot_remember_query[name] },
        { display_name = "Slack does not take messages", query = local.cannot_tell_query[name] },
      ]
    }
  }
}
