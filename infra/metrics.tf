# The metrics that the functions write, from the catalogue that the code reads too. They are made
# here and not by the first write, so that charts and objectives have something to refer to.

resource "google_monitoring_metric_descriptor" "catalogue" {
  for_each = module.catalogue.metrics.metrics

  type         = each.value.type
  metric_kind  = each.value.metricKind
  value_type   = each.value.valueType
  unit         = each.value.unit
  display_name = each.value.displayName
  description  = each.value.description

  dynamic "labels" {
    for_each = each.value.labels
    content {
      key         = labels.key
      value_type  = "STRING"
      description = labels.value.description
    }
  }

  depends_on = [google_project_service.needed]
}
