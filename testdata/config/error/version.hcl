# Nothing else is reported where the version is not accepted.
signalsmith {
  required_version = "~> 99.1" # ERROR C133
}

modle "customers" {}
