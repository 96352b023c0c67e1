# Someone gets in who must not, or sees what belongs to another user: told at the first run, and by
# a way that does not go through Slack.

locals {
  # The reasons of severity `security` in shared/core/reasons.ts.
  security_reasons = ["auth_bypassed", "isolation_breach"]

  security_series = {
    for name, labels in local.labels : name => format(
      "%s{%s,reason=~\"%s\"}", local.metric["runs"], labels, join("|", local.security_reasons),
    )
  }

  security = {
    for name, environment in var.environments : "${name}/security" => {
      display_name = "${name}: access that must be refused is granted"
      environment  = name
      step         = null
      severity     = "CRITICAL"
      anchor       = "auth-bypassed"
      what         = <<-EOT
        A probe of **${environment.title}** came in without a valid token, or saw data of someone
        else. The incident names step (`task_id`) and `reason`. This is no outage: treat it as a
        security incident.
      EOT
      conditions = [{
        display_name = "a refusal did not happen"
        query = trimspace(<<-EOT
          sum by (namespace, task_id, reason) (
            count_over_time(${local.security_series[name]}[${local.silence_seconds[name]}s])
          ) > 0
        EOT
        )
      }]
    }
  }
}
