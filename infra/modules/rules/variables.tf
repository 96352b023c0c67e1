variable "environments" {
  description = "The environments as the catalogue read them, by name."
  type = map(object({
    title           = string
    cadence_seconds = number
    regions         = list(string)
    region_quorum   = number
    trouble_runs    = number
    steps = list(object({
      name   = string
      impact = optional(string)
      fire   = object({ failures = number, of = number })
    }))
  }))
  nullable = false
}

variable "goals" {
  description = "Objective of each step: the share of runs that must find it working."
  type        = map(number)
  nullable    = false
}

variable "metrics" {
  description = "The metric catalogue."
  type = object({
    job      = string
    resource = string
    metrics  = map(object({ promql = string }))
  })
  nullable = false
}
