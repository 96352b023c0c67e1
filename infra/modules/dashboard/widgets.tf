# One widget for each metric of the catalogue, drawn by its kind: a new metric shows up by itself.

locals {
  period = "${max(60, var.environment.cadence_seconds)}s"

  filters = {
    for name, metric in var.metrics.metrics : name => join(" AND ", [
      "metric.type=\"${metric.type}\"",
      "resource.type=\"${var.metrics.resource}\"",
      "resource.labels.namespace=\"${var.environment.name}\"",
    ])
  }

  of_step = { for step in var.environment.steps : step => "resource.labels.task_id=\"${step}\"" }

  # A group that is named after a step of the flow belongs to it: no agent, no agent's metrics.
  flow = ["auth", "health", "websocket", "agent"]
  shown = {
    for name, metric in var.metrics.metrics : name => metric
    if !contains(setsubtract(local.flow, var.environment.steps), metric.group)
  }

  # What people look for first comes first; the catalogue's own order is lost in Terraform.
  leading = [for name in ["up", "runs"] : name if contains(keys(local.shown), name)]
  order   = concat(local.leading, sort(setsubtract(keys(local.shown), local.leading)))

  # How a metric is drawn follows from its kind and labels.
  kinds = {
    for name, metric in local.shown : name => (
      metric.valueType == "DISTRIBUTION" ? "heatmap"
      : contains(keys(metric.labels), "phase") ? "phases"
      : metric.metricKind == "CUMULATIVE" ? "bars"
      : length(metric.labels) > 0 ? "table"
      : "lines"
    )
  }
  drawing = {
    bars    = { aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", plot = "STACKED_BAR" }
    heatmap = { aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", plot = "HEATMAP" }
    lines   = { aligner = "ALIGN_MEAN", reducer = "REDUCE_MEAN", plot = "LINE" }
    phases  = { aligner = "ALIGN_MEAN", reducer = "REDUCE_MEAN", plot = "LINE" }
    table   = { aligner = "ALIGN_NEXT_OLDER", reducer = "REDUCE_MEAN", plot = null }
  }

  # These are shown for each step by itself; the others for all steps together.
  by_step = ["heatmap", "phases"]
  drawings = flatten([
    for name in local.order : [
      for step in contains(local.by_step, local.kinds[name]) ? var.environment.steps : [""] : {
        group  = local.shown[name].group
        kind   = local.kinds[name]
        title  = join(": ", compact([step, reverse(split(": ", local.shown[name].displayName))[0]]))
        unit   = local.shown[name].unit
        filter = join(" AND ", compact([local.filters[name], lookup(local.of_step, step, null)]))
        fields = concat(
          step == "" ? ["resource.label.task_id"] : [],
          local.kinds[name] == "heatmap" ? [] : ["resource.label.location"],
          [for label in keys(local.shown[name].labels) : "metric.label.${label}"],
        )
      }
    ]
  ])

  data_sets = [
    for drawn in local.drawings : {
      timeSeriesQuery = {
        timeSeriesFilter = {
          filter = drawn.filter
          aggregation = {
            alignmentPeriod    = local.period
            perSeriesAligner   = local.drawing[drawn.kind].aligner
            crossSeriesReducer = local.drawing[drawn.kind].reducer
            groupByFields      = drawn.fields
          }
        }
        unitOverride = drawn.unit
      }
    }
  ]

  chart_widgets = [
    for index, drawn in local.drawings : {
      group = drawn.group
      widget = {
        title = drawn.title
        xyChart = {
          dataSets = [
            merge(local.data_sets[index], { plotType = local.drawing[drawn.kind].plot }),
          ]
        }
      }
    } if drawn.kind != "table"
  ]

  table_widgets = [
    for index, drawn in local.drawings : {
      group = drawn.group
      widget = {
        title = drawn.title
        timeSeriesTable = {
          dataSets            = [local.data_sets[index]]
          metricVisualization = "NUMBER"
        }
      }
    } if drawn.kind == "table"
  ]
}
