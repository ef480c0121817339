# Secrets come from outside: the environment, a file, or a variable that is set there.
locals {
  token = trimspace(env("SF_ACCESS_TOKEN"))
}

destination "salesforce" "environment" {
  auth "access_token" {
    token = env("SF_ACCESS_TOKEN")
  }
}

destination "salesforce" "local" {
  instance_url = try(env("SF_INSTANCE_URL"), null)
  auth "access_token" {
    token = local.token
  }
}

destination "salesforce" "file" {
  auth "access_token" {
    token = trimspace(file("sql/customers.sql"))
  }
}
