# Layout of a dashboard; its body is checked against Google's protos in test/infra. Needs no provider.

variables {
  project = "acme-monitoring"
  environment = {
    name = "one", title = "One", cadence_seconds = 300, steps = ["auth", "websocket"]
  }
  objectives = {
    auth      = { name = "projects/p/services/s/serviceLevelObjectives/auth", goal = 0.995, floor = 0.95 }
    websocket = { name = "projects/p/services/s/serviceLevelObjectives/websocket", goal = 0.995 }
  }
  metrics = {
    groups   = { path = "Path", agent = "Agent", new = "New" }
    resource = "generic_task"
    metrics = {
      up = {
        group       = "path", type = "x/up", metricKind = "GAUGE", valueType = "INT64", unit = "1"
        displayName = "Golden path: step works", labels = {}
      }
      latency = {
        group       = "path", type = "x/latency", metricKind = "GAUGE", valueType = "DOUBLE", unit = "ms"
        displayName = "Golden path: latency", labels = { phase = { description = "The part." } }
      }
      agent_events = {
        group = "agent", type = "x/agent_events", metricKind = "GAUGE", valueType = "INT64"
        unit  = "1", displayName = "Golden path: events", labels = {}
      }
      added_later = {
        group = "new", type = "x/added_later", metricKind = "CUMULATIVE", valueType = "INT64"
        unit  = "1", displayName = "Golden path: new", labels = {}
      }
    }
  }
}

run "sections_follow_the_catalogue" {
  command = plan

  assert {
    condition     = strcontains(output.json, "x/added_later")
    error_message = "A metric that is added to the catalogue shows up by itself."
  }
  assert {
    condition     = !strcontains(output.json, "x/agent_events")
    error_message = "Metrics of a step that the environment does not have stay away."
  }
  assert {
    condition = join(", ", [
      for tile in jsondecode(output.json).mosaicLayout.tiles : tile.widget.title
      ]) == join(", ", [
      "Path", "New", "One", "auth", "websocket", "Objectives: share of good runs",
      "Error budget that is left", "Log of the runs", "step works", "auth: latency",
      "websocket: latency", "new",
    ])
    error_message = "What is true now comes first, then `up`; a latency has a chart for each step."
  }
}

run "nothing_overlaps" {
  command = plan

  assert {
    condition = alltrue([
      for tile in jsondecode(output.json).mosaicLayout.tiles :
      try(tile.xPos, 0) + tile.width <= 12
    ])
    error_message = "Tiles stay inside the twelve columns."
  }
  assert {
    condition = length(distinct([
      for tile in jsondecode(output.json).mosaicLayout.tiles :
      "${try(tile.xPos, 0)} ${try(tile.yPos, 0)}" if !can(tile.widget.collapsibleGroup)
      ])) == length([
      for tile in jsondecode(output.json).mosaicLayout.tiles : tile
      if !can(tile.widget.collapsibleGroup)
    ])
    error_message = "No two tiles lie at one place."
  }
}
