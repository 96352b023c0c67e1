output "policies" {
  description = "Alert policies: what they are called, what they tell, and their PromQL conditions."
  value = merge(
    local.down, local.budget, local.silent, local.everything_silent, local.security, local.monitor,
  )
}
