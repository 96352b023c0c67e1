# The error budget of a step burns: it is not down, but it fails so often that its objective will be
# missed. Two pairs of windows, as in Google's SRE workbook: the long one says that it matters, the
# short one that it goes on. With one run in five minutes a quarter of an hour holds three runs: the
# short windows are longer than the workbook's, and one failed slot alone never counts as a rate.

locals {
  budget_pairs = {
    fast = { rate = 14.4, long = 3600, short = 900 }
    slow = { rate = 6, long = 21600, short = 1800 }
  }

  # PromQL rules may look back 25 hours.
  look_back_seconds_max = 86400

  # A slower cadence needs longer windows to hold as many runs.
  burns = merge([
    for key, target in local.targets : {
      for name, pair in local.budget_pairs : "${key}/${name}" => {
        up    = target.up
        long  = min(local.look_back_seconds_max, pair.long * max(1, target.cadence / 300))
        short = min(local.look_back_seconds_max, pair.short * max(1, target.cadence / 300))
        share = format("%.4f", pair.rate * (1 - var.goals[target.step]))
      }
    }
  ]...)

  burn_query = {
    for key, burn in local.burns : key => trimspace(<<-EOT
      1 - avg by (namespace, task_id) (avg_over_time(${burn.up}[${burn.long}s]))
        > ${burn.share}
      and 1 - avg by (namespace, task_id) (avg_over_time(${burn.up}[${burn.short}s]))
        > ${burn.share}
      and max by (namespace, task_id) (
        count_over_time(${burn.up}[${burn.long}s]) - sum_over_time(${burn.up}[${burn.long}s])
      ) >= 2
    EOT
    )
  }

  budget = {
    for key, target in local.targets : "${key}/budget" => {
      display_name = "${target.environment}: ${target.step} burns its error budget"
      environment  = target.environment
      step         = target.step
      severity     = "WARNING"
      anchor       = null
      what         = <<-EOT
        The step **${target.step}** of **${target.title}** is not down, but fails too often for its
        objective of ${100 * var.goals[target.step]} %. At 14.4 times the rate that the objective
        allows, the budget of four weeks is gone in two days; at 6 times, in five.

        Read the reasons of the failed runs on the dashboard: one reason points at the product,
        many different ones at the way to it.
      EOT
      conditions = [
        {
          display_name = "burns 14.4 times too fast"
          query = join("\nunless on (namespace, task_id) ", [
            local.burn_query["${key}/fast"], local.down_query[key],
          ])
        },
        { display_name = "burns 6 times too fast", query = local.burn_query["${key}/slow"] },
      ]
    }
  }
}
