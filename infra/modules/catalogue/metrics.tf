# The metric catalogue that the functions write by, and the names by which PromQL knows the metrics.

locals {
  catalogue = jsondecode(file("${path.module}/../../../shared/metrics.json"))

  metrics = {
    for name, metric in local.catalogue.metrics : name => merge(metric, {
      type = "${local.catalogue.prefix}${name}"
      # Cloud Monitoring: the first `/` becomes `:`, everything else that is special becomes `_`.
      promql = join(":", [
        for part in regex("^([^/]+)/(.*)$", "${local.catalogue.prefix}${name}") :
        replace(part, "/[^A-Za-z0-9_]/", "_")
      ])
    })
  }
}
