# From the bundle to what runs: the archive, the bucket it waits in, the images built of it.

locals {
  # The bundle holds every environment file except rehearsals on one's own machine; only those that
  # are deployed go into the archive.
  environments_left_out = [
    for file in fileset(var.bundle_dir, "environments/*.json") : file
    if !contains(var.environments, trimsuffix(basename(file), ".json"))
  ]
  bundle_files = setsubtract(fileset(var.bundle_dir, "**"), local.environments_left_out)

  # Of the contents alone, so that every machine gets the same, whatever made the archive.
  bundle_hash = substr(sha256(join("\n", [
    for file in sort(local.bundle_files) : "${file} ${filesha256("${var.bundle_dir}/${file}")}"
  ])), 0, 16)

  bundled_environments = {
    for name in var.environments : name => try(
      jsondecode(file("${var.bundle_dir}/environments/${name}.json")), null,
    )
  }
  stale_environments = [
    for name, bundled in local.bundled_environments : name
    if jsonencode(bundled) != jsonencode(yamldecode(file("${var.environments_dir}/${name}.yaml")))
  ]
}

data "archive_file" "bundle" {
  type             = "zip"
  source_dir       = var.bundle_dir
  excludes         = local.environments_left_out
  output_path      = "${var.bundle_dir}.zip"
  output_file_mode = "0644"
}

resource "google_storage_bucket" "source" {
  name                        = "${var.project}-golden-path-source"
  location                    = var.region
  force_destroy               = true
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  # What was deployed before is kept for a month.
  versioning {
    enabled = true
  }
  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }

  dynamic "encryption" {
    for_each = { for region, key in var.encryption_keys : region => key if region == var.region }
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.needed]
}

resource "google_storage_bucket_object" "bundle" {
  bucket = google_storage_bucket.source.name
  name   = "functions-${local.bundle_hash}.zip"
  source = data.archive_file.bundle.output_path

  lifecycle {
    # The functions leave the old object before it goes.
    create_before_destroy = true

    precondition {
      condition = length(local.stale_environments) == 0
      error_message = format(
        "The bundle does not hold the present state of %s: run `npm run build` again. %s",
        join(", ", local.stale_environments),
        "It never holds an environment whose services are on one's own machine, as `sandbox`.",
      )
    }
  }
}

# Images lie where their function runs: the build takes no repository of another region.
resource "google_artifact_registry_repository" "images" {
  for_each = local.regions

  location      = each.value
  repository_id = "golden-path"
  description   = "Images of the golden-path functions"
  format        = "DOCKER"
  kms_key_name  = lookup(var.encryption_keys, each.value, null)

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.needed]
}
