variable "environment" {
  description = "The environment that the dashboard shows."
  type = object({
    name            = string
    title           = string
    cadence_seconds = number
    steps           = list(string)
    runbook         = optional(string)
  })
  nullable = false
}

variable "metrics" {
  description = "The metric catalogue: its groups are the dashboard's sections."
  type = object({
    groups   = map(string)
    resource = string
    metrics = map(object({
      group       = string
      type        = string
      metricKind  = string
      valueType   = string
      unit        = string
      displayName = string
      labels      = map(object({ description = string }))
    }))
  })
  nullable = false
}

variable "objectives" {
  description = "Names of the service level objectives, their goals and floors, by step."
  type        = map(object({ name = string, goal = number, floor = optional(number) }))
  nullable    = false
}

variable "project" {
  description = "Project whose logs and schedules the dashboard links to."
  type        = string
  nullable    = false
}
