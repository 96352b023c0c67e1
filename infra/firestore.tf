# What is remembered between runs: a document for each environment and step.

resource "google_firestore_database" "state" {
  name             = var.firestore.database
  location_id      = coalesce(var.firestore.location, var.region)
  type             = "FIRESTORE_NATIVE"
  concurrency_mode = "OPTIMISTIC"
  deletion_policy  = "DELETE"
  delete_protection_state = format(
    "DELETE_PROTECTION_%s", var.firestore.delete_protection ? "ENABLED" : "DISABLED",
  )

  dynamic "cmek_config" {
    for_each = { for region, key in var.encryption_keys : region => key if region == var.region }
    content {
      kms_key_name = cmek_config.value
    }
  }

  depends_on = [google_project_service.needed]
}

# Collection and fields of shared/io/state/firestore.ts. What nobody writes any more goes away.
resource "google_firestore_field" "expiry" {
  database   = google_firestore_database.state.name
  collection = "golden_path_state"
  field      = "expires_at"

  ttl_config {}
  index_config {}
}

# The whole document is one text, which nobody searches: an index on it would only cost.
resource "google_firestore_field" "content" {
  database   = google_firestore_database.state.name
  collection = "golden_path_state"
  field      = "json"

  index_config {}
}
