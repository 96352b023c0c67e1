# A step is down when the runs of enough regions failed, by the rule of the environment file that
# the functions use for Slack. Runs that were blocked or inconclusive write no `up`: they do not
# count.

locals {
  down_query = {
    for key, target in local.targets : key => trimspace(<<-EOT
      count by (namespace, task_id) (
        count_over_time(${target.up}[${target.fire.of * target.cadence}s])
          - sum_over_time(${target.up}[${target.fire.of * target.cadence}s])
          >= ${target.fire.failures}
      ) >= ${target.quorum}
    EOT
    )
  }

  down = {
    for key, target in local.targets : "${key}/down" => {
      display_name = "${target.environment}: ${target.step} is down"
      environment  = target.environment
      step         = target.step
      severity     = "CRITICAL"
      anchor       = null
      what         = <<-EOT
        The step **${target.step}** of **${target.title}** failed in ${target.fire.failures} of its
        last ${target.fire.of} runs. ${coalesce(target.impact, "Users meet this step.")}

        The reason is in the log line of the run and in the Slack incident. Mend the first broken
        step of the flow: later ones are blocked, not broken, and stay quiet here.
      EOT
      conditions = [{
        display_name = "${target.fire.failures} of the last ${target.fire.of} runs failed"
        query        = local.down_query[key]
      }]
    }
  }
}
