# The names of secrets that the files mention, and which step may read which. Only names: the files
# hold no values. By the files' schema such a key is `secret` or ends in `Secret`.

locals {
  secret_key = "\"(?:[A-Za-z]+Secret|secret)\":\"([A-Z][A-Z0-9_]*)\""

  # These come in without logging in, so they get no credential of the synthetic user.
  steps_without_login = ["health"]

  # What a step reads of a file: where the services are, its own part, and the login.
  parts_of_step = merge([
    for name, file in local.files : {
      for step, settings in file.steps : "${name}/${step}" => jsonencode([
        file.services,
        settings,
        contains(local.steps_without_login, step) ? null : try(file.steps.auth, null),
      ])
    }
  ]...)

  tells_slack = anytrue([for file in values(local.files) : can(file.slack)])

  secrets_of_step = {
    for step in local.steps : step => toset(concat(
      local.tells_slack ? ["SLACK_BOT_TOKEN"] : [],
      flatten([
        for key, part in local.parts_of_step : regexall(local.secret_key, part)
        if endswith(key, "/${step}")
      ]),
    ))
  }
}
