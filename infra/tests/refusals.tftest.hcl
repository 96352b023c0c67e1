# What is refused before anything is deployed.

mock_provider "google" {}
mock_provider "archive" {}

variables {
  project          = "acme-monitoring"
  environments     = ["alpha"]
  environments_dir = "tests/fixtures/environments"
  bundle_dir       = "tests/fixtures/bundle"
  alerting         = { emails = ["oncall@example.com"] }
  functions        = { propagation_seconds = 0 }
}

run "an_unknown_environment" {
  command = plan
  variables {
    environments = ["alpha", "gamma"]
  }
  expect_failures = [var.environments]
}

run "no_environment" {
  command = plan
  variables {
    environments = []
  }
  expect_failures = [var.environments]
}

run "nobody_to_alert" {
  command = plan
  variables {
    alerting = {}
  }
  expect_failures = [var.alerting]
}

run "a_channel_by_its_display_name" {
  command = plan
  variables {
    alerting = { channels = ["On call"] }
  }
  expect_failures = [var.alerting]
}

run "a_project_number" {
  command = plan
  variables {
    project = "123456789012"
  }
  expect_failures = [var.project]
}

run "no_bundle" {
  command = plan
  variables {
    bundle_dir = "tests/fixtures/none"
  }
  expect_failures = [var.bundle_dir]
}

run "a_bundle_of_before" {
  command = plan
  variables {
    environments     = ["gamma"]
    environments_dir = "tests/fixtures/refused"
  }
  expect_failures = [google_storage_bucket_object.bundle]
}

run "a_value_instead_of_a_secret_s_id" {
  command = plan
  variables {
    secrets = { existing = { SLACK_BOT_TOKEN = "projects/p/secrets/s/versions/1" } }
  }
  expect_failures = [var.secrets]
}

run "a_goal_of_too_many_nines" {
  command = plan
  variables {
    slo = { goals = { auth = 0.9999 } }
  }
  expect_failures = [var.slo]
}

run "a_range_that_no_connector_takes" {
  command = plan
  variables {
    egress = { us-central1 = "10.8.0.0/24" }
  }
  expect_failures = [var.egress]
}

run "a_key_of_another_region" {
  command = plan
  variables {
    encryption_keys = { us-central1 = "projects/p/locations/global/keyRings/r/cryptoKeys/k" }
  }
  expect_failures = [var.encryption_keys]
}

run "a_region_without_a_key" {
  command = plan
  variables {
    encryption_keys = {
      us-central1 = "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"
    }
  }
  expect_failures = [var.encryption_keys]
}

run "a_fixed_address_where_nothing_runs" {
  command = plan
  variables {
    egress = { asia-east1 = "10.8.0.0/28" }
  }
  expect_failures = [var.egress]
}

run "synthetic_monitors_of_two_environments" {
  command = plan
  variables {
    environments       = ["alpha", "beta"]
    synthetic_monitors = true
  }
  expect_failures = [var.synthetic_monitors]
}

run "a_database_name_with_capitals" {
  command = plan
  variables {
    firestore = { database = "Golden" }
  }
  expect_failures = [var.firestore]
}

run "memory_that_no_run_fits_in" {
  command = plan
  variables {
    functions = { memory = "128Mi" }
  }
  expect_failures = [var.functions]
}
