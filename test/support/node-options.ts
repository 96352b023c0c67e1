/** What `infra/functions.tf` gives to Node in an instance of 256 MiB; `infra/tests/plan.tftest.hcl` holds that side. */
export const nodeOptions = ['--max-old-space-size=192', '--max-semi-space-size=4'] as const;
