terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.4, < 3.0"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }

  # The bucket is named when `init` is run: docs/deploy.md.
  backend "gcs" {}
}

provider "google" {
  project        = var.project
  region         = var.region
  default_labels = var.labels
}
