# One function for each step and region; all environments share them.

resource "google_cloudfunctions2_function" "probe" {
  for_each = local.functions

  name         = each.value.name
  location     = each.value.region
  description  = "Probes the step ${each.value.step} of the golden path"
  kms_key_name = lookup(var.encryption_keys, each.value.region, null)

  build_config {
    runtime           = "nodejs24"
    entry_point       = each.value.entry_point
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.images[each.value.region].id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.bundle.name
      }
    }
  }

  service_config {
    # Less than one processor, or two runs at once, would falsify what is measured.
    available_cpu                    = "1"
    available_memory                 = var.functions.memory
    max_instance_request_concurrency = 1
    min_instance_count               = 0
    max_instance_count               = min(each.value.instances, var.functions.max_instances)
    timeout_seconds                  = each.value.timeout_seconds
    ingress_settings                 = "ALLOW_INTERNAL_ONLY"
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.probe[each.value.step].email
    vpc_connector                    = lookup(local.connectors, each.value.region, null)
    vpc_connector_egress_settings    = lookup(local.connector_traffic, each.value.region, null)

    environment_variables = {
      GOLDEN_PATH_ENVIRONMENTS = "environments"
      GOLDEN_PATH_REGION       = each.value.region
      GOLDEN_PATH_STATE        = "firestore:${google_firestore_database.state.name}"
      GOOGLE_CLOUD_PROJECT     = var.project
      NODE_OPTIONS             = local.node_options
    }

    dynamic "secret_environment_variables" {
      for_each = module.catalogue.secrets_of_step[each.value.step]
      content {
        key        = secret_environment_variables.value
        project_id = var.project
        secret     = local.secret_ids[secret_environment_variables.value]
        version    = lookup(var.secrets.versions, secret_environment_variables.value, "latest")
      }
    }
  }

  depends_on = [
    google_project_iam_member.probe_metrics,
    google_project_iam_member.probe_state,
    google_project_service.needed,
    terraform_data.grants_are_effective,
  ]
}

locals {
  memory_mib = { "256Mi" = 256, "512Mi" = 512, "1Gi" = 1024 }[var.functions.memory]

  # The old generation gets the share that the platform would give it by itself. The young one
  # would take 20 MiB more than it needs, for nothing (docs/performance.md).
  node_options = "--max-old-space-size=${local.memory_mib * 3 / 4} --max-semi-space-size=4"

  function_urls = {
    for key, function in google_cloudfunctions2_function.probe :
    key => function.service_config[0].uri
  }
}
