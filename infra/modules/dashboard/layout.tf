# Sections from top to bottom: what it is, what is true now, the objectives, and then the groups of
# the metric catalogue. Twelve columns; a section's tiles all have one size.

locals {
  console    = "https://console.cloud.google.com"
  in_project = "?project=${var.project}"

  log_filter = join(" AND ", [
    "resource.labels.service_name=~\"^golden-path-\"",
    "labels.environment=\"${var.environment.name}\"",
  ])

  pages = {
    Alerts    = "monitoring/alerting"
    Logs      = "logs/query;query=${replace(urlencode(local.log_filter), "+", "%20")}"
    Schedules = "cloudscheduler"
  }
  links = concat(
    [for title, page in local.pages : "[${title}](${local.console}/${page}${local.in_project})"],
    [for url in compact([var.environment.runbook]) : "[Runbook](${url})"],
  )

  introduction = {
    title = var.environment.title
    text = {
      format = "MARKDOWN"
      content = join("\n\n", [
        "**${join(" → ", var.environment.steps)}**: a broken step blocks the later ones.",
        join(" · ", local.links),
      ])
    }
  }

  cards = [
    for step in var.environment.steps : {
      title = step
      scorecard = {
        timeSeriesQuery = {
          timeSeriesFilter = {
            filter = "${local.filters["up"]} AND ${local.of_step[step]}"
            aggregation = {
              alignmentPeriod    = local.period
              perSeriesAligner   = "ALIGN_MEAN"
              crossSeriesReducer = "REDUCE_MIN"
            }
          }
        }
        sparkChartView = { sparkChartType = "SPARK_LINE" }
        thresholds     = [{ value = 0.5, color = "RED", direction = "BELOW" }]
      }
    }
  ]

  objectives = [
    {
      title = "Objectives: share of good runs"
      xyChart = {
        dataSets   = local.objective_lines["select_slo_compliance"]
        thresholds = local.objective_bounds
      }
    },
    {
      title   = "Error budget that is left"
      xyChart = { dataSets = local.objective_lines["select_slo_budget_fraction"] }
    },
  ]

  objective_lines = {
    for selector in ["select_slo_compliance", "select_slo_budget_fraction"] : selector => [
      for step in var.environment.steps : {
        plotType       = "LINE"
        legendTemplate = step
        timeSeriesQuery = {
          timeSeriesFilter = {
            filter      = "${selector}(\"${var.objectives[step].name}\")"
            aggregation = { alignmentPeriod = local.period, perSeriesAligner = "ALIGN_MEAN" }
          }
        }
      }
    ]
  }

  # Equal goals of several steps are one line.
  bounds = flatten([
    for step, objective in var.objectives : concat(
      [{ value = objective.goal, label = "goal" }],
      [for floor in [objective.floor] : { value = floor, label = "floor" } if floor != null],
    )
  ])
  objective_bounds = [
    for value, labels in { for bound in local.bounds : bound.value => bound.label... } :
    { value = tonumber(value), label = join(", ", distinct(labels)) }
  ]

  log = {
    title     = "Log of the runs"
    logsPanel = { filter = local.log_filter, resourceNames = ["projects/${var.project}"] }
  }

  # Groups of the catalogue in the order in which they matter; unknown ones come last.
  group_order = [
    for group in concat(
      ["path", "speed", "facts", "agent", "monitor"],
      sort(setsubtract(keys(var.metrics.groups), ["path", "speed", "facts", "agent", "monitor"])),
    ) : group if contains([for metric in local.shown : metric.group], group)
  ]

  plain_sections = [
    { columns = 1, height = 2, widgets = [local.introduction] },
    { columns = length(local.cards), height = 2, widgets = local.cards },
    { columns = 2, height = 4, widgets = local.objectives },
    { columns = 1, height = 4, widgets = [local.log] },
  ]
  group_sections = [
    for group in local.group_order : {
      columns = 3
      height  = 4
      widgets = [
        for made in concat(local.chart_widgets, local.table_widgets) : made.widget
        if made.group == group
      ]
    }
  ]
  sections = concat(local.plain_sections, local.group_sections)

  section_heights = [
    for section in local.sections :
    section.height * ceil(length(section.widgets) / section.columns)
  ]
  section_tops = [
    for index in range(length(local.sections)) :
    index == 0 ? 0 : sum(slice(local.section_heights, 0, index))
  ]

  # A group's tile lies under the tiles that it holds.
  group_tiles = [
    for index, group in local.group_order : {
      place = {
        yPos   = local.section_tops[length(local.plain_sections) + index]
        width  = 12
        height = local.section_heights[length(local.plain_sections) + index]
      }
      widget = {
        title = var.metrics.groups[group]
        collapsibleGroup = {
          for key in ["collapsed"] : key => true if !contains(local.open_groups, group)
        }
      }
    }
  ]
  open_groups = ["path", "speed"]

  widget_tiles = flatten([
    for index, section in local.sections : [
      for place, widget in section.widgets : {
        place = {
          xPos   = place % section.columns * floor(12 / section.columns)
          yPos   = local.section_tops[index] + floor(place / section.columns) * section.height
          width  = floor(12 / section.columns)
          height = section.height
        }
        widget = widget
      }
    ]
  ])
}
