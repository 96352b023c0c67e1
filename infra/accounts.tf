# Who may do what. Each account has the roles that are listed here and no others; docs/deploy.md has
# the table, and a test compares it with the plan.

# ---- What runs: one account a step, the same in every region ----

resource "google_service_account" "probe" {
  for_each = local.steps

  account_id   = "golden-path-${each.value}"
  display_name = "Golden path: probe of ${each.value}"
  depends_on   = [google_project_service.needed]
}

resource "google_project_iam_member" "probe_metrics" {
  for_each = local.steps

  project = var.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.probe[each.value].member
}

resource "google_project_iam_member" "probe_state" {
  for_each = local.steps

  project = var.project
  role    = "roles/datastore.user"
  member  = google_service_account.probe[each.value].member

  condition {
    title      = "only-its-database"
    expression = <<-EOT
      resource.type == "firestore.googleapis.com/Database" &&
      resource.name == "projects/${var.project}/databases/${var.firestore.database}"
    EOT
  }
}

resource "google_secret_manager_secret_iam_member" "probe" {
  for_each = local.secret_grants

  secret_id = local.secret_ids[each.value.secret]
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.probe[each.value.step].member
}

# Only where an environment file says that a revision is to be read off the Cloud Run Admin API.
resource "google_cloud_run_v2_service_iam_member" "probe_revision" {
  for_each = module.catalogue.revision_sources

  project  = each.value.project
  location = each.value.region
  name     = each.value.service
  role     = "roles/run.viewer"
  member   = google_service_account.probe[each.value.step].member
}

# ---- What triggers: may call exactly these functions ----

resource "google_service_account" "scheduler" {
  account_id   = "golden-path-scheduler"
  display_name = "Golden path: triggers the probes"
  depends_on   = [google_project_service.needed]
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  for_each = local.functions

  location = each.value.region
  name     = google_cloudfunctions2_function.probe[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

# ---- What builds: reads the source, writes the image and the log ----

resource "google_service_account" "build" {
  account_id   = "golden-path-build"
  display_name = "Golden path: builds the functions"
  depends_on   = [google_project_service.needed]
}

resource "google_project_iam_member" "build_log" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

resource "google_artifact_registry_repository_iam_member" "build" {
  for_each = local.regions

  location   = each.value
  repository = google_artifact_registry_repository.images[each.value].name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

# Cloud Functions copies the source into buckets of its own, one a region, and builds from there.
resource "google_project_iam_member" "build_copies" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "only-copied-sources"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}

# A new grant takes up to a minute to be true everywhere; a build that comes earlier fails.
resource "terraform_data" "grants_are_effective" {
  triggers_replace = [google_service_account.build.unique_id]

  provisioner "local-exec" {
    command = "sleep ${var.functions.propagation_seconds}"
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_copies,
    google_project_iam_member.build_log,
    google_secret_manager_secret_iam_member.probe,
    google_storage_bucket_iam_member.build,
  ]
}
