# The functions: one for each step and region that some environment wants. Environments share them.

locals {
  function_keys = toset([for probe in local.probes : "${probe.step}/${probe.region}"])

  probes_of_function = {
    for key in local.function_keys : key => [
      for probe in local.probes : probe if "${probe.step}/${probe.region}" == key
    ]
  }

  functions = {
    for key, probes in local.probes_of_function : key => {
      step            = probes[0].step
      region          = probes[0].region
      name            = "golden-path-${probes[0].step}"
      entry_point     = "probe-${probes[0].step}"
      timeout_seconds = max(probes[*].timeout_seconds...)
      # Instances that are busy when everything hangs until its time-out, and one for a rollout.
      instances = 1 + ceil(sum([for p in probes : p.timeout_seconds / p.cadence_seconds]))
    }
  }

  steps = toset(flatten([for file in values(local.files) : keys(file.steps)]))

  # Cloud Run services of the product whose revision a file wants to be read off.
  revision_sources = merge([
    for name, file in local.files : merge([
      for service in values(file.services) : {
        for step in keys(file.steps) : join("/", concat([step], values(service.cloudRun))) => merge(
          service.cloudRun, { step = step },
        )
      } if try(service.revision.from, "") == "cloud_run"
    ]...)
  ]...)
}
