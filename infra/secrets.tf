# Containers of secrets, without values: those are put in by hand (docs/deploy.md), and Terraform
# never sees them, neither in its state nor in a plan.

locals {
  secret_names = setunion(values(module.catalogue.secrets_of_step)...)
  secrets_made = setsubtract(local.secret_names, keys(var.secrets.existing))

  secret_ids = merge(
    { for name in local.secrets_made : name => google_secret_manager_secret.made[name].secret_id },
    { for name, id in var.secrets.existing : name => id if contains(local.secret_names, name) },
  )

  secret_grants = merge([
    for step, names in module.catalogue.secrets_of_step : {
      for name in names : "${step}/${name}" => { step = step, secret = name }
    }
  ]...)
}

resource "google_secret_manager_secret" "made" {
  for_each = local.secrets_made

  secret_id = "golden-path-${lower(replace(each.value, "_", "-"))}"

  replication {
    dynamic "auto" {
      for_each = length(var.encryption_keys) == 0 ? [true] : []
      content {}
    }
    dynamic "user_managed" {
      for_each = length(var.encryption_keys) == 0 ? [] : [true]
      content {
        dynamic "replicas" {
          for_each = var.encryption_keys
          content {
            location = replicas.key
            customer_managed_encryption {
              kms_key_name = replicas.value
            }
          }
        }
      }
    }
  }

  depends_on = [google_project_service.needed]
}
