# Environment files that Google Cloud cannot follow. Needs no provider and no network.

variables {
  environments_dir = "../../tests/fixtures/refused"
}

run "a_cadence_that_cron_cannot_keep" {
  command = plan
  variables {
    environments = ["odd-cadence"]
  }
  expect_failures = [output.jobs]
}

run "a_run_that_outlasts_the_scheduler" {
  command = plan
  variables {
    environments = ["too-long"]
  }
  expect_failures = [output.jobs]
}

run "a_name_that_is_not_the_file_s" {
  command = plan
  variables {
    environments = ["other-name"]
  }
  expect_failures = [output.environments]
}

run "the_same_without_a_mistake" {
  command = plan
  variables {
    environments = ["gamma"]
  }
  assert {
    condition     = length(output.jobs) == 1
    error_message = "Nothing is wrong with this one."
  }
}
