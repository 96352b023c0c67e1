variable "environments" {
  description = "Names of the environment files to read."
  type        = set(string)
  nullable    = false
}

variable "environments_dir" {
  description = "Folder that holds the environment files."
  type        = string
  nullable    = false
}
