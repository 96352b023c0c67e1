# The shares that the product's team promised itself. `golden-path report` judges by the same file.

locals {
  targets = jsondecode(file("${path.module}/../../../shared/targets.json"))
}
