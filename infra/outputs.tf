output "dashboards" {
  description = "Where each environment can be looked at."
  value       = local.dashboard_urls
}

output "egress_addresses" {
  description = "Addresses from which the functions of a region come, for the product's allow-list."
  value       = { for region, address in google_compute_address.egress : region => address.address }
}

output "functions" {
  description = "Address of each function. Only the scheduler's account may call them, from inside."
  value       = local.function_urls
}

output "secrets_to_fill" {
  description = "Commands that put in the values of secrets that were made; each reads its input."
  value = {
    for name in local.secrets_made : name => format(
      "gcloud secrets versions add %s --project=%s --data-file=-",
      google_secret_manager_secret.made[name].secret_id, var.project,
    )
  }
}

output "service_accounts" {
  description = "The accounts that were made; docs/deploy.md lists their roles."
  value = {
    build     = google_service_account.build.email
    probes    = { for step, account in google_service_account.probe : step => account.email }
    scheduler = google_service_account.scheduler.email
  }
}

output "trigger_by_hand" {
  description = "Commands that start a run at once, by environment, step and region."
  value = {
    for key, job in google_cloud_scheduler_job.probe :
    key => "gcloud scheduler jobs run ${job.name} --location=${job.region} --project=${var.project}"
  }
}
