# The same functions as Google's synthetic monitors, if asked for: a second trigger that does not
# depend on Cloud Scheduler. They answer in Google's form then, and record and tell nothing.

resource "google_monitoring_uptime_check_config" "synthetic" {
  for_each = var.synthetic_monitors ? local.functions : {}

  display_name = "Golden path: ${each.value.step} from ${each.value.region}"
  period       = "300s"
  timeout      = "60s"

  synthetic_monitor {
    cloud_function_v2 {
      name = google_cloudfunctions2_function.probe[each.key].id
    }
  }
}
