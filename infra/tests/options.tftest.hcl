# What is off by default, switched on.

mock_provider "google" {}
mock_provider "archive" {}

variables {
  project          = "acme-monitoring"
  environments     = ["alpha"]
  environments_dir = "tests/fixtures/environments"
  bundle_dir       = "tests/fixtures/bundle"
  alerting         = { channels = ["projects/acme-monitoring/notificationChannels/1"] }
  functions        = { propagation_seconds = 0 }
}

run "fixed_address" {
  command = plan

  variables {
    egress = { us-central1 = "10.8.0.0/28" }
  }

  assert {
    condition = (
      google_cloudfunctions2_function.probe["auth/us-central1"].service_config[0].vpc_connector_egress_settings == "ALL_TRAFFIC"
      && google_cloudfunctions2_function.probe["auth/europe-west1"].service_config[0].vpc_connector_egress_settings == null
    )
    error_message = "Only functions of a region with a range go through it, with all their traffic."
  }
  assert {
    condition     = contains(keys(google_project_service.needed), "vpcaccess.googleapis.com")
    error_message = "The services that a connector needs are switched on."
  }
}

run "own_keys" {
  command = plan

  variables {
    encryption_keys = {
      us-central1  = "projects/acme-keys/locations/us-central1/keyRings/r/cryptoKeys/k"
      europe-west1 = "projects/acme-keys/locations/europe-west1/keyRings/r/cryptoKeys/k"
    }
  }

  assert {
    condition = (
      alltrue([for function in google_cloudfunctions2_function.probe : function.kms_key_name != null])
      && alltrue([for images in google_artifact_registry_repository.images : images.kms_key_name != null])
      && length(google_storage_bucket.source.encryption) == 1
      && length(google_firestore_database.state.cmek_config) == 1
      && alltrue([for secret in google_secret_manager_secret.made : length(secret.replication[0].user_managed[0].replicas) == 2])
    )
    error_message = "Own keys cover functions, images, source, state and secrets."
  }
}

run "synthetic_monitors" {
  command = plan

  variables {
    synthetic_monitors = true
  }

  assert {
    condition     = length(google_monitoring_uptime_check_config.synthetic) == 8
    error_message = "Each function becomes a synthetic monitor."
  }
}

run "existing_secrets" {
  command = plan

  variables {
    secrets = {
      existing = { SLACK_BOT_TOKEN = "slack-token", NOT_IN_ANY_FILE = "x" }
      versions = { SLACK_BOT_TOKEN = "7" }
    }
  }

  assert {
    condition     = !contains(keys(google_secret_manager_secret.made), "SLACK_BOT_TOKEN")
    error_message = "A secret that exists is not made again."
  }
  assert {
    condition = one([
      for secret in google_cloudfunctions2_function.probe["auth/us-central1"].service_config[0].secret_environment_variables :
      "${secret.secret}@${secret.version}" if secret.key == "SLACK_BOT_TOKEN"
    ]) == "slack-token@7"
    error_message = "It is referred to by its id, at the version that was asked for."
  }
  assert {
    condition = (
      google_secret_manager_secret_iam_member.probe["auth/SLACK_BOT_TOKEN"].secret_id == "slack-token"
    )
    error_message = "The function may read it."
  }
}
