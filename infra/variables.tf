variable "alerting" {
  description = <<-EOT
    Who hears of Cloud Monitoring's own alerts, the ones that do not depend on this project's Slack
    code: `emails`, and `channels` that exist already, by resource name. `runbook_url` is where
    docs/runbook.md can be read; an environment file may name another one (`links.runbook`). An
    incident that stays open is told again every `renotify_hours`.
  EOT
  type = object({
    emails         = optional(set(string), [])
    channels       = optional(set(string), [])
    runbook_url    = optional(string)
    renotify_hours = optional(number, 4)
  })
  nullable = false

  validation {
    condition     = length(var.alerting.emails) + length(var.alerting.channels) > 0
    error_message = "Name one of `emails` or `channels`: a dead monitor must reach someone."
  }
  validation {
    condition = alltrue([
      for channel in var.alerting.channels :
      can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))
    ])
    error_message = "A channel is named `projects/PROJECT/notificationChannels/NUMBER`."
  }
  validation {
    condition     = var.alerting.renotify_hours >= 0.5 && var.alerting.renotify_hours <= 48
    error_message = "`renotify_hours` is 0.5 to 48: Cloud Monitoring takes nothing else."
  }
}

variable "bundle_dir" {
  description = "Folder that `npm run build` made: the code of the functions."
  type        = string
  nullable    = false
  default     = "../dist/functions"

  validation {
    condition     = fileexists("${var.bundle_dir}/package.json")
    error_message = "There is no bundle in `bundle_dir`: run `npm ci && npm run build` first."
  }
}

variable "egress" {
  description = <<-EOT
    For products that let only known addresses in: a /28 range of a new network for each region. The
    functions of that region then leave by one fixed address (output `egress_addresses`). It costs a
    connector and a NAT gateway a region. Empty: Google's own addresses, at no cost.
  EOT
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition = alltrue([
      for range in values(var.egress) : can(cidrhost(range, 15)) && endswith(range, "/28")
    ])
    error_message = "Each range is a /28 in CIDR notation, such as 10.8.0.0/28: it must be one."
  }
  validation {
    condition     = length(setsubtract(keys(var.egress), local.regions)) == 0
    error_message = "Functions run only in ${join(", ", local.regions)}."
  }
}

variable "encryption_keys" {
  description = <<-EOT
    Customer-managed keys (CMEK), by region: `projects/P/locations/REGION/keyRings/R/cryptoKeys/K`.
    Needed for every region that has functions, and for `region`. Empty: Google's own keys.
  EOT
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition = alltrue([
      for region, key in var.encryption_keys :
      can(regex("^projects/[^/]+/locations/${region}/keyRings/[^/]+/cryptoKeys/[^/]+$", key))
    ])
    error_message = "A key must lie in the region that it is for."
  }
  validation {
    condition = (
      length(var.encryption_keys) == 0
      || length(setsubtract(local.regions_used, keys(var.encryption_keys))) == 0
    )
    error_message = "Either no region has a key, or all of ${join(", ", local.regions_used)}."
  }
}

variable "environments" {
  description = "Names of the environment files to deploy, without `.yaml`."
  type        = set(string)
  nullable    = false

  # The functions load all of them at their start: shared/io/environment-files.ts.
  validation {
    condition     = length(var.environments) >= 1 && length(var.environments) <= 50
    error_message = "Name 1 to 50 environments; more need a deployment of their own."
  }
  validation {
    condition = alltrue([
      for name in var.environments : fileexists("${var.environments_dir}/${name}.yaml")
    ])
    error_message = format(
      "No such environment file: %s. There are: %s.",
      join(", ", [
        for name in var.environments : name if !fileexists("${var.environments_dir}/${name}.yaml")
      ]),
      join(", ", [for file in fileset(var.environments_dir, "*.yaml") : trimsuffix(file, ".yaml")]),
    )
  }
}

variable "environments_dir" {
  description = "Folder that holds the environment files."
  type        = string
  nullable    = false
  default     = "environments"
}

variable "firestore" {
  description = <<-EOT
    The database that remembers between runs. `location` defaults to `region`. The free tier covers
    the first database of a project, whatever its name.
  EOT
  type = object({
    database          = optional(string, "golden-path")
    location          = optional(string)
    delete_protection = optional(bool, true)
  })
  nullable = false
  default  = {}

  validation {
    condition = (
      var.firestore.database == "(default)"
      || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore.database))
    )
    error_message = "`database` is `(default)` or 4 to 63 of a-z, 0-9 and inner hyphens."
  }
}

variable "functions" {
  description = <<-EOT
    `memory` of an instance; a run peaks below 135 MiB (`npm run bench`). `max_instances` caps
    what is computed from the environment files. `propagation_seconds` is how long a new grant is
    given to take effect before the first build needs it.
  EOT
  type = object({
    memory              = optional(string, "256Mi")
    max_instances       = optional(number, 100)
    propagation_seconds = optional(number, 60)
  })
  nullable = false
  default  = {}

  validation {
    condition     = contains(["256Mi", "512Mi", "1Gi"], var.functions.memory)
    error_message = "`memory` is 256Mi, 512Mi or 1Gi."
  }
  validation {
    condition     = var.functions.max_instances >= 2
    error_message = "`max_instances` is at least 2: one that is busy and one for a rollout."
  }
}

variable "labels" {
  description = "Labels of everything that can have labels."
  type        = map(string)
  nullable    = false
  default     = { application = "golden-path" }
}

variable "paused" {
  description = "Stops all schedules. The dead man's switch still tells: snooze it, if so meant."
  type        = bool
  nullable    = false
  default     = false
}

variable "project" {
  description = "Id of the Google Cloud project to deploy to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "`project` is a project id, such as my-monitoring-123; not its name or number."
  }
}

variable "region" {
  description = "Where source bucket and database live. The functions' regions are in the files."
  type        = string
  nullable    = false
  default     = "us-central1"
}

variable "secrets" {
  description = <<-EOT
    Secrets are made without a value, under names that follow from the environment files; values
    never pass through Terraform. `existing` names secrets that are there already, by the name in
    the file: { SLACK_BOT_TOKEN = "slack-token" }. `versions` pins a version; default `latest`.
  EOT
  type = object({
    existing = optional(map(string), {})
    versions = optional(map(string), {})
  })
  nullable = false
  default  = {}

  validation {
    condition = alltrue([
      for id in values(var.secrets.existing) : can(regex("^[A-Za-z0-9_-]{1,255}$", id))
    ])
    error_message = "`existing` holds ids of secrets of this project, never values or paths."
  }
  validation {
    condition = alltrue([
      for version in values(var.secrets.versions) : can(regex("^(latest|[1-9][0-9]*)$", version))
    ])
    error_message = "A version is `latest` or a number."
  }
}

variable "slo" {
  description = <<-EOT
    Objectives: the share of runs that must find a step working, over `rolling_days`. `goals` by
    step, else `goal`: alerts burn their budget. `floors` are only drawn on the dashboard: what the
    product's team promised itself, by default the targets of `shared/targets.json`.
  EOT
  type = object({
    goal         = optional(number, 0.995)
    goals        = optional(map(number), {})
    rolling_days = optional(number, 28)
    floors       = optional(map(number), {})
  })
  nullable = false
  default  = {}

  validation {
    condition = alltrue([
      for goal in concat([var.slo.goal], values(var.slo.goals)) : goal >= 0.5 && goal <= 0.999
    ])
    error_message = "A goal is a share from 0.5 to 0.999: more nines take more runs to tell."
  }
  validation {
    condition     = var.slo.rolling_days >= 1 && var.slo.rolling_days <= 30
    error_message = "`rolling_days` is 1 to 30."
  }
}

variable "synthetic_monitors" {
  description = <<-EOT
    Also run each function as one of Google's synthetic monitors, every 5 minutes. Only with one
    environment: such a monitor cannot name which one it means.
  EOT
  type        = bool
  nullable    = false
  default     = false

  validation {
    condition     = !var.synthetic_monitors || length(var.environments) == 1
    error_message = "`synthetic_monitors` needs exactly one environment."
  }
}
