# Copy to `my.auto.tfvars` and change. Every variable is explained in variables.tf.

project      = "acme-golden-path"
region       = "us-central1"
environments = ["netra-staging"]

alerting = {
  emails      = ["oncall@example.com"]
  runbook_url = "https://github.com/acme/golden-path-synthetics/blob/main/docs/runbook.md"
}
